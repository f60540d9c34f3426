// Generated from crates/api/sentences by `cargo xtask gen`. Do not edit.
import type { Sentence } from "./sentence";

export const sentences: Record<string, Sentence> = {
  "unknown_call": {
    "title": "This version does not know that request",
    "text": "No call is named {call}.",
    "fix": "Check that the page and the program are of the same version; reload the page."
  },
  "bad_params": {
    "title": "The request was not understood",
    "text": "{call} was given something it cannot read: {reason}.",
    "fix": "Check that the page and the program are of the same version; reload the page."
  },
  "internal": {
    "title": "Something in Banyan failed",
    "text": "A fault of its own stopped this: {reason}.",
    "fix": "Try again. If it happens again, copy the report in Diagnostics and send it to us."
  },
  "stopping": {
    "title": "Banyan is stopping",
    "text": "It takes no new work on its way out.",
    "fix": "Start it again, then repeat this."
  },
  "unauthorized": {
    "title": "This page is not signed in",
    "text": "Its session has ended or was never opened.",
    "fix": "Open Banyan from its tray icon, or run `banyan link --open`."
  },
  "link_spent": {
    "title": "This link was used already or is too old",
    "text": "A link opens one page, once, within a few minutes.",
    "fix": "Open Banyan from its tray icon, or run `banyan link --open` for a new one."
  },
  "too_many": {
    "title": "Too many attempts",
    "text": "Banyan rests for {seconds} s before it listens again.",
    "fix": "Wait, then try again."
  },
  "foreign_caller": {
    "title": "This request comes from elsewhere",
    "text": "It names another address, or a page of another site sent it. Banyan answers only its own page and programs of this machine.",
    "fix": "Open Banyan at the address it shows, or run `banyan link --open`."
  },
  "too_large": {
    "title": "The request is too large",
    "text": "More than {limit} bytes are not taken at once.",
    "fix": "Send less at a time."
  },
  "unknown_path": {
    "title": "Nothing is at that address",
    "text": "{path} does not exist.",
    "fix": "Look for a typing error in the address."
  },
  "wrong_method": {
    "title": "That address takes calls with POST only",
    "text": "{path} was asked with {method}.",
    "fix": "Send the request with POST."
  },
  "reserved_path": {
    "title": "This version does not answer there yet",
    "text": "{path} is kept for programs that speak to Ollama or OpenAI. Nothing answers there in this version.",
    "fix": ""
  },
  "unknown_setting": {
    "title": "There is no setting named {key}",
    "text": "Nothing was changed because of it.",
    "fix": "Look for a typing error; `banyan config` lists every name."
  },
  "unknown_variable": {
    "title": "{variable} is no setting",
    "text": "The environment variable {variable} changes nothing.",
    "fix": "Perhaps {near} was meant."
  },
  "ignored_variable": {
    "title": "{variable} is ignored",
    "text": "The environment variable {variable} holds {value}; {allowed} is needed. Banyan goes on without it.",
    "fix": "Correct or remove the variable, then restart Banyan."
  },
  "bad_setting": {
    "title": "“{value}” is not allowed for {key}",
    "text": "Allowed is {allowed}.",
    "fix": "Choose another value; the old one is still in use."
  },
  "bad_config_value": {
    "title": "“{value}” is not allowed for {key}",
    "text": "It comes from {origin}. Allowed is {allowed}.",
    "fix": "Change it there, then start Banyan again. Nothing was changed."
  },
  "bad_config_values": {
    "title": "{count} settings have values that are not allowed",
    "text": "Each with what is allowed: {values}.",
    "fix": "Change them there, then start Banyan again. Nothing was changed."
  },
  "setting_read_only": {
    "title": "{key} is set elsewhere",
    "text": "{origin} decides it, and the configuration file cannot overrule that.",
    "fix": "Start Banyan without {origin} to change it here."
  },
  "config_unreadable": {
    "title": "The configuration cannot be read",
    "text": "{file}: {reason}.",
    "fix": "Give yourself permission to read the file, or move it away: Banyan then starts with its defaults."
  },
  "config_syntax": {
    "title": "The configuration has a mistake",
    "text": "{file}, line {line}, column {column}: {reason}.",
    "fix": "Mend that line, or move the file away: Banyan then starts with its defaults."
  },
  "config_unwritable": {
    "title": "The setting could not be saved",
    "text": "{file} cannot be written: {reason}. The old file is untouched.",
    "fix": "Check its permissions and the free space, then try again."
  },
  "no_home": {
    "title": "No home folder is known",
    "text": "Banyan cannot tell where to keep its data.",
    "fix": "Name a folder with `--data` or BANYAN_DATA."
  },
  "data_unwritable": {
    "title": "The data folder cannot be written",
    "text": "{folder}: {reason}.",
    "fix": "Check its owner and permissions, or choose another folder with `--data`."
  },
  "disk_full": {
    "title": "The disk is full",
    "text": "Nothing more fits into {folder}. What was saved before is safe.",
    "fix": "Free some space, then try again."
  },
  "data_locked": {
    "title": "Another Banyan is using this data folder",
    "text": "{folder} belongs to a node that is running; two would damage each other's data.",
    "fix": "Use the running one (`banyan link --open`), or choose another folder with `--data`."
  },
  "keyring_locked": {
    "title": "The keyring is locked",
    "text": "This machine's identity lies in it, and Banyan never makes a second one. The keyring said: {reason}.",
    "fix": "Unlock the keyring, then try again."
  },
  "keyring_unreachable": {
    "title": "The keyring cannot be reached",
    "text": "This machine's key lies in the keyring, and no keyring can be reached from here: {reason}. Banyan never makes a second identity.",
    "fix": "Log in to the desktop session that has the keyring, then start Banyan there again."
  },
  "identity_damaged": {
    "title": "This machine's identity cannot be read",
    "text": "What {place} holds is gone or damaged: {reason}.",
    "fix": "Restore it from a backup, or start over with a new data folder: the machine is then a new one to others."
  },
  "identity_exposed": {
    "title": "The key file can be read by others",
    "text": "{file} holds this machine's secret key, and its permissions let other people in.",
    "fix": "Run `chmod 600` on it. If somebody may have read it, start over with a new data folder."
  },
  "port_taken": {
    "title": "Port {port} is taken",
    "text": "{program} uses it. It was chosen by {origin} ({key}), so Banyan does not move to another.",
    "fix": "End that program, or choose another port."
  },
  "address_unusable": {
    "title": "Banyan cannot listen on {address}",
    "text": "The system refused: {reason}.",
    "fix": "Choose an address of this machine, such as 127.0.0.1:8080."
  },
  "unknown_peer": {
    "title": "No machine is called that",
    "text": "Nothing here is called “{peer}”.",
    "fix": "Look in `banyan peers`, or give more of its id."
  },
  "ambiguous_peer": {
    "title": "Several machines are called that",
    "text": "“{peer}” could be any of {candidates}.",
    "fix": "Give the id instead of the name."
  },
  "bad_address": {
    "title": "That is not an address",
    "text": "“{address}” cannot be reached as a machine.",
    "fix": "Write it like 192.168.1.20 or atlas.local:7878, or paste a ticket."
  },
  "address_needs_interface": {
    "title": "That address needs its network interface",
    "text": "{address} exists on every network of this machine, and nobody can tell which is meant.",
    "fix": "Write the interface behind it, such as {address}%eth0; `banyan status` lists them."
  },
  "no_such_host": {
    "title": "No machine answers to that name",
    "text": "{host} is not known on this network: {reason}.",
    "fix": "Check the spelling, or use its address, such as 192.168.1.20."
  },
  "pairing_under_way": {
    "title": "Pairing is under way already",
    "text": "This machine is waiting for an answer.",
    "fix": "Look at both screens, or cancel it and begin again."
  },
  "no_pairing": {
    "title": "Nobody is pairing with that machine",
    "text": "The request is over, or there was none.",
    "fix": "Ask for pairing again."
  },
  "reach_refused": {
    "title": "Nobody listens there",
    "text": "The machine answered that no Banyan runs at this address.",
    "fix": "Start Banyan there, or check the port."
  },
  "reach_no_answer": {
    "title": "No answer came",
    "text": "It may be switched off or in another network, or a firewall is between the two.",
    "fix": "Check that it is on and in the same network, then open its firewall; Diagnostics there says how."
  },
  "reach_no_way": {
    "title": "Nothing was found at that address",
    "text": "No machine is switched on there, or it is in another network.",
    "fix": "Check the address, and that both are in the same network. On a Mac, also allow Banyan under Privacy, Local Network."
  },
  "reach_far": {
    "title": "That address is not in the local network",
    "text": "Banyan speaks only to private addresses unless you allow others.",
    "fix": "For a VPN, add its network to the setting network.allowed_networks."
  },
  "reach_other_device": {
    "title": "Another machine answered there",
    "text": "It is {device}, not the one that was expected.",
    "fix": "Its address may have gone to another machine; wait until it is found again."
  },
  "reach_ourselves": {
    "title": "That is this machine itself",
    "text": "The address leads back here.",
    "fix": "Give the address of another machine."
  },
  "reach_turned_away": {
    "title": "It answered and closed the connection",
    "text": "Its reason: {reason}.",
    "fix": "Look at the other machine; it may have blocked or forgotten this one."
  },
  "reach_broken": {
    "title": "The connection broke",
    "text": "{reason}.",
    "fix": "Check that Banyan runs there, of a version like this one, and try again."
  },
  "reach_no_address": {
    "title": "Nobody knows where it is",
    "text": "No address of this machine is known now.",
    "fix": "Switch it on, or give its address by hand."
  },
  "bad_ticket": {
    "title": "That is not a ticket",
    "text": "What is wrong with it: {reason}.",
    "fix": "Copy the whole line again, from “banyan:” to its end."
  },
  "ticket_is_mine": {
    "title": "This ticket joins two machines of one person",
    "text": "Both will be in step, with every permission.",
    "fix": "If both machines are yours, say so and use it again (`--mine`)."
  },
  "ticket_is_team": {
    "title": "This ticket joins machines of several people",
    "text": "Only shared models are used, nothing is put in step.",
    "fix": "Use it without saying that the machine is yours."
  },
  "invitation_kind": {
    "title": "The ticket and its issuer disagree",
    "text": "They do not mean the same kind of trust, so nothing was done.",
    "fix": "Ask for a new ticket."
  },
  "not_welcome": {
    "title": "The other machine does not let this one in",
    "text": "It may have blocked it, or trusts as many machines as it can.",
    "fix": "Look at the other machine."
  },
  "person_not_kept": {
    "title": "Both agreed, but it could not be kept here",
    "text": "{reason}.",
    "fix": "Mend that, then try again."
  },
  "bad_mesh_key": {
    "title": "That is not a mesh key",
    "text": "What is wrong with it: {reason}.",
    "fix": "Copy the key again, whole, as `banyan mesh new` printed it."
  },
  "mesh_key_unread": {
    "title": "The mesh key could not be read",
    "text": "{file}: {reason}.",
    "fix": "Name the file that holds the key, or hand the key over on standard input with `-`."
  },
  "mesh_keys_unusable": {
    "title": "The mesh keys of this machine cannot be used",
    "text": "{reason}.",
    "fix": "Mend or remove the file, then start again."
  },
  "not_trusted": {
    "title": "The machine is not trusted here",
    "text": "Only a trusted machine can be given that.",
    "fix": "Pair with it first."
  },
  "blocked": {
    "title": "The machine is blocked",
    "text": "It is neither dialled nor answered.",
    "fix": "Unblock it first."
  },
  "not_allowed": {
    "title": "Nobody allowed that",
    "text": "The owner of this machine has not allowed it.",
    "fix": "Ask the owner to allow it."
  },
  "denied": {
    "title": "That was denied",
    "text": "The owner of this machine denied it.",
    "fix": "Ask the owner to allow it."
  },
  "open_policy_only": {
    "title": "An open network gives less",
    "text": "Machines that came by the open network may use shared models and nothing else.",
    "fix": "Pair with the machine to allow more."
  },
  "policy_closed": {
    "title": "This network is not open",
    "text": "Machines are trusted by pairing only.",
    "fix": "Pair with the machine."
  },
  "mesh_key_unknown": {
    "title": "That mesh key is not known here",
    "text": "No key of this machine fits it.",
    "fix": "Check the key, or hand it over to this machine too."
  },
  "mesh_key_retired": {
    "title": "That mesh key was replaced",
    "text": "It makes no new trust any more.",
    "fix": "Use the key that replaced it."
  },
  "mesh_key_known": {
    "title": "That mesh key is known already",
    "text": "This machine holds it, for another purpose.",
    "fix": "Make a new key for this purpose."
  },
  "invitation_unknown": {
    "title": "That invitation is not known here",
    "text": "This machine made none like it, or it was withdrawn.",
    "fix": "Ask for a new one."
  },
  "invitation_expired": {
    "title": "The invitation is over",
    "text": "An invitation is good for a day.",
    "fix": "Ask for a new one."
  },
  "invitation_used": {
    "title": "The invitation was used",
    "text": "An invitation lets in one machine, once.",
    "fix": "Ask for a new one."
  },
  "too_many_invitations": {
    "title": "Too many invitations are open",
    "text": "No more than {most} wait at a time.",
    "fix": "Withdraw one that is not needed any more."
  },
  "too_many_devices": {
    "title": "Too many machines are trusted",
    "text": "No more than {most} can be.",
    "fix": "Forget one that is not needed any more."
  },
  "not_known": {
    "title": "Nothing is known about that machine",
    "text": "It was forgotten, or nothing was ever decided about it.",
    "fix": "Wait until it is found again."
  },
  "not_blocked": {
    "title": "The machine is not blocked",
    "text": "There is nothing to undo.",
    "fix": ""
  },
  "no_other_name": {
    "title": "The machine offers no other name",
    "text": "It is called what it was called when you paired.",
    "fix": ""
  },
  "term_over": {
    "title": "That time is over already",
    "text": "Nothing was allowed.",
    "fix": "Choose a time that is still to come."
  },
  "machines_unwritable": {
    "title": "The record of machines cannot be written",
    "text": "{file}: {reason}.",
    "fix": "Check the disk and who may write there."
  },
  "machines_busy": {
    "title": "Another program holds the record of machines",
    "text": "{file} is open elsewhere.",
    "fix": "Close the backup or database program that uses it, then try again."
  },
  "machines_damaged": {
    "title": "The record of machines is damaged",
    "text": "{file}: {reason}.",
    "fix": "Restart Banyan: it sets the file aside and begins a new one."
  },
  "machines_newer": {
    "title": "A newer Banyan wrote the record of machines",
    "text": "{file} is of version {version}; this build reads up to {known}.",
    "fix": "Install the newer version again."
  },
  "nobody_answers": {
    "title": "No machine could answer",
    "text": "Neither this machine nor another one that it may use has a model that fits.",
    "fix": "Start a model server here, or let another machine share its models with this one."
  },
  "waited_too_long": {
    "title": "It took too long until a machine was free",
    "text": "The question waited for ten minutes and was given up.",
    "fix": "Ask again later, or let more machines share their models."
  },
  "too_many_questions": {
    "title": "Too many questions wait already",
    "text": "This machine asks only so many at the same time.",
    "fix": "Wait until some are answered."
  },
  "answer_refused": {
    "title": "{machine} does not take this question",
    "text": "{reason}.",
    "fix": "Change the question or its settings, or choose another model."
  },
  "model_name_wrong": {
    "title": "“{name}” is no name of a model",
    "text": "",
    "fix": "See what there is with `banyan models`."
  },
  "nothing_asked": {
    "title": "There is no question",
    "text": "A question needs at least one message.",
    "fix": ""
  },
  "question_too_large": {
    "title": "The question is too large",
    "text": "There is too much of it: {what}.",
    "fix": "Shorten it, or ask in parts."
  },
  "backend_address_wrong": {
    "title": "That is no address of a server",
    "text": "`{address}` is not an http or https address without user name and query.",
    "fix": "Use the address that the server names, such as http://127.0.0.1:1234/v1."
  },
  "backend_name_wrong": {
    "title": "A server cannot be called that",
    "text": "A name has 1 to 64 visible characters.",
    "fix": "Choose another name, or leave it out."
  },
  "backend_key_wrong": {
    "title": "That is no key",
    "text": "A key is up to 4096 visible letters, digits and signs, without spaces.",
    "fix": "Copy the key again, whole and without what stands around it."
  },
  "backend_leaves_lan": {
    "title": "This server is not on your network",
    "text": "What is asked of {address} leaves your network, and its owner can read it.",
    "fix": "If that is what you want, add it again and agree to it (`--leaves-lan`). It is then asked only when you choose one of its models, and never shared."
  },
  "backend_key_in_clear": {
    "title": "The key would travel for everybody to read",
    "text": "{address} is not encrypted, and lies outside your network.",
    "fix": "Use an address that begins with https."
  },
  "backend_known": {
    "title": "That server is there already",
    "text": "It is called {name}.",
    "fix": "Choose another name, or remove the one that is there first."
  },
  "backend_unknown": {
    "title": "There is no such server",
    "text": "No server of models is called {name} here.",
    "fix": "`banyan backends` lists them."
  },
  "backend_built_in": {
    "title": "Ollama is looked for by itself",
    "text": "It cannot be removed from the list.",
    "fix": "Set where it is with `models.ollama_address` in Settings; where nothing runs, nothing is asked."
  },
  "too_many_backends": {
    "title": "There are enough servers",
    "text": "{most} servers of models were added already.",
    "fix": "Remove one that is not used."
  },
  "backend_key_not_kept": {
    "title": "The key could not be kept",
    "text": "{reason}.",
    "fix": "Unlock the keyring of the system and try again. Nothing was added."
  },
  "backend_failed": {
    "title": "The server of models did not do it",
    "text": "Its own words: {reason}.",
    "fix": "`banyan doctor` examines it."
  },
  "model_not_here": {
    "title": "This machine has no such model",
    "text": "No server of this machine that answers now has {model}.",
    "fix": "`banyan models` lists what is there."
  },
  "nobody_pulls": {
    "title": "Nothing here can download models now",
    "text": "Models are downloaded by Ollama, and it does not answer on this machine.",
    "fix": "Start Ollama, or install it; `banyan doctor` says how."
  },
  "too_many_pulls": {
    "title": "Enough downloads are under way",
    "text": "{most} models are being downloaded already.",
    "fix": "Wait for one of them, or cancel one."
  },
  "pull_unknown": {
    "title": "That model is not being downloaded",
    "text": "No download of {model} is under way or was.",
    "fix": "`banyan models` lists what is there."
  },
  "model_being_pulled": {
    "title": "The model is being downloaded",
    "text": "{model} cannot be deleted meanwhile.",
    "fix": "Cancel the download first."
  },
  "model_answering": {
    "title": "The model writes an answer now",
    "text": "{model} cannot be deleted meanwhile.",
    "fix": "Wait until the answer is complete, or stop it."
  },
  "not_written": {
    "title": "A file cannot be written",
    "text": "{file}: {reason}.",
    "fix": "Make room on the disk, or see who may write in that folder; then try again."
  },
  "no_desktop": {
    "title": "There is no desktop here",
    "text": "This works in the application's own window only.",
    "fix": "Open Banyan on that machine's desktop."
  },
  "desktop_failed": {
    "title": "The desktop did not do it",
    "text": "It answered: {reason}.",
    "fix": "Try again."
  },
  "firewall_unchanged": {
    "title": "The firewall was not opened",
    "text": "{reason}.",
    "fix": "Try again, or run this yourself: {command}"
  },
  "no_node": {
    "title": "Banyan does not answer",
    "text": "No node is running, or it cannot be reached from here.",
    "fix": "Start Banyan, or run `banyan serve`."
  },
  "interfaces_missing": {
    "title": "A chosen network interface does not exist",
    "text": "This machine has no {interfaces}.",
    "fix": "Look for a typing error in network.interfaces or --interface; `banyan status` lists the ones there are."
  },
  "no_network": {
    "title": "No network to work with",
    "text": "No cable, no Wi-Fi, or only interfaces that are skipped on purpose.",
    "fix": "Connect this machine to a network, or name an interface in network.interfaces."
  },
  "ipv6_only": {
    "title": "Only IPv6 addresses",
    "text": "Machines that have only IPv4 neither hear nor reach this one.",
    "fix": ""
  },
  "clock_wrong": {
    "title": "The clock is wrong",
    "text": "This machine believes the year is {year}. Times shown here are wrong too.",
    "fix": "Set the clock, or let the system fetch the time."
  },
  "port_moved": {
    "title": "Port {wanted} was taken",
    "text": "{program} uses it, so Banyan uses {got} until the next start ({key}).",
    "fix": ""
  },
  "key_in_file": {
    "title": "The secret key lies in a file",
    "text": "No keyring could be used: {reason}. The file is readable by you only.",
    "fix": ""
  },
  "log_folder_unwritable": {
    "title": "The log cannot be written",
    "text": "{folder}: {reason}. The latest lines are kept in memory only.",
    "fix": "Check the folder's permissions and the free space."
  },
  "machines_set_aside": {
    "title": "The record of machines was damaged",
    "text": "It lies at {file}, and a new one began empty: pair with your machines again.",
    "fix": "Keep the file if you want it looked at; otherwise pair again."
  },
  "file_set_aside": {
    "title": "A file of Banyan's made no sense",
    "text": "It lies at {file}, and an empty one began.",
    "fix": "Add again what it held: servers of models, or downloads that were not finished."
  },
  "mesh_key_replaced": {
    "title": "The mesh key given at the start was replaced",
    "text": "{origin} holds a key that makes no new trust any more. This machine goes by the newer one.",
    "fix": "Put the new key there, or remove the old one."
  },
  "task_restarted": {
    "title": "A part of Banyan was restarted",
    "text": "{task} failed and runs again.",
    "fix": "If it happens again, copy the report in Diagnostics."
  },
  "task_failed": {
    "title": "A part of Banyan stays off",
    "text": "{task} failed again and again.",
    "fix": "Restart Banyan. If it happens again, copy the report in Diagnostics."
  },
  "data_folder_good": {
    "title": "The data folder is in order",
    "text": "{folder} can be written and belongs to you only.",
    "fix": ""
  },
  "data_folder_unwritable": {
    "title": "The data folder cannot be written",
    "text": "{folder}: {reason}.",
    "fix": "Check its owner, its permissions and the free space."
  },
  "data_folder_exposed": {
    "title": "Others may look into the data folder",
    "text": "The permissions of {folder} let other people of this machine in.",
    "fix": "Run `chmod 700` on it."
  },
  "disk_space_good": {
    "title": "There is room on the disk",
    "text": "{free} are free.",
    "fix": ""
  },
  "disk_space_low": {
    "title": "The disk is nearly full",
    "text": "{free} are left.",
    "fix": "Free some space; Banyan stops writing when nothing is left."
  },
  "disk_space_unknown": {
    "title": "The free space cannot be told",
    "text": "The system answered: {reason}.",
    "fix": ""
  },
  "configuration_good": {
    "title": "The configuration is understood",
    "text": "{file}",
    "fix": ""
  },
  "configuration_broken": {
    "title": "The configuration can no longer be read",
    "text": "{file}: {reason}. Banyan goes on with what it read at its start.",
    "fix": "Mend the file before the next start."
  },
  "configuration_unknown_keys": {
    "title": "The configuration holds names nobody reads",
    "text": "{file}: {keys}.",
    "fix": "Look for typing errors; `banyan config` lists every name."
  },
  "identity_in_keyring": {
    "title": "The identity is safe in the keyring",
    "text": "The secret key lies in the system's keyring.",
    "fix": ""
  },
  "identity_in_file": {
    "title": "The identity lies in a file",
    "text": "The secret key is in {file}, readable by you only.",
    "fix": ""
  },
  "network_good": {
    "title": "The network can be used",
    "text": "{addresses}",
    "fix": ""
  },
  "network_absent": {
    "title": "No network to work with",
    "text": "No usable interface is up.",
    "fix": "Connect a cable or Wi-Fi. Containers, virtual machines and tunnels are skipped unless network.interfaces names them."
  },
  "network_chosen_absent": {
    "title": "The chosen network is not there",
    "text": "None of these interfaces is up: {interfaces}.",
    "fix": "Connect one of them, or empty network.interfaces to use any that fits."
  },
  "network_ipv6_only": {
    "title": "Only IPv6 addresses",
    "text": "Machines that have only IPv4 neither hear nor reach this one.",
    "fix": ""
  },
  "network_unknown": {
    "title": "The network cannot be examined",
    "text": "The system answered: {reason}.",
    "fix": ""
  },
  "ports_good": {
    "title": "Banyan has its ports",
    "text": "TCP {tcp} for links, UDP {udp} for announcements.",
    "fix": ""
  },
  "tcp_port_moved": {
    "title": "Links use port {got}",
    "text": "{program} has TCP port {wanted}. Others learn the new one from the announcements.",
    "fix": ""
  },
  "udp_port_moved": {
    "title": "Other machines do not hear this one",
    "text": "{program} has UDP port {wanted}, so announcements go to port {got}, where nobody else listens.",
    "fix": "End that program and restart Banyan, or set network.udp_port to the same free port on all machines."
  },
  "mesh_off": {
    "title": "This machine is off the network",
    "text": "The part of Banyan that finds and reaches other machines does not run.",
    "fix": "Restart Banyan; the log says what went wrong."
  },
  "announcements_good": {
    "title": "Announcements go out and others are heard",
    "text": "{sent} sent, {heard} heard.",
    "fix": ""
  },
  "announcements_starting": {
    "title": "The first announcements were just sent",
    "text": "Whoever is near answers within seconds.",
    "fix": "Look again in a moment."
  },
  "nobody_heard": {
    "title": "No other machine is heard",
    "text": "{sent} announcements went out and none came in.",
    "fix": "Start Banyan on another machine of this network. If it runs there, let UDP port {port} in on both machines, and switch off client isolation in the Wi-Fi access point."
  },
  "announcements_blocked": {
    "title": "Announcements do not arrive",
    "text": "Machines are connected ({connected}), and still no announcement comes in.",
    "fix": "Let UDP port {port} into this machine."
  },
  "sending_denied": {
    "title": "macOS does not let Banyan use the local network",
    "text": "Nothing can be sent on {interfaces}.",
    "fix": "In System Settings, open Privacy & Security, then Local Network, switch Banyan on and restart it."
  },
  "sending_forbidden": {
    "title": "This machine does not let announcements out",
    "text": "A rule of its own firewall forbids packets to UDP port {port} on {interfaces}.",
    "fix": "Allow outgoing packets to UDP port {port} in that firewall."
  },
  "sending_without_way": {
    "title": "Announcements do not leave",
    "text": "The system knows no way to the network of {interfaces}.",
    "fix": "Connect that network again, or leave it out with network.interfaces."
  },
  "sending_failed": {
    "title": "Announcements cannot be sent",
    "text": "{interfaces}: {reason}.",
    "fix": "Connect that network again. If it stays so, copy the report in Diagnostics."
  },
  "mdns_port_taken": {
    "title": "mDNS is not used",
    "text": "Another program has its port for itself on {interfaces}. Announcements to everybody go on.",
    "fix": ""
  },
  "machines_good": {
    "title": "No attempt to reach a machine failed",
    "text": "{connected} connected, {nearby} nearby.",
    "fix": ""
  },
  "machines_unreached": {
    "title": "A machine is heard but cannot be reached",
    "text": "{machines}: its announcements arrive, and it gives no answer. A firewall there or here is in the way, or the access point keeps its devices apart.",
    "fix": "Let the TCP port in on that machine (`banyan doctor` there names the command), or switch off client isolation in the Wi-Fi access point."
  },
  "machines_refused": {
    "title": "A machine is heard, but nobody listens there",
    "text": "{machines}: the connection is refused. Its firewall turns it away, or Banyan has just ended there.",
    "fix": "Look at Diagnostics on that machine."
  },
  "machines_mistaken": {
    "title": "Another machine answers",
    "text": "Where {machines} was heard, another machine answers. Two machines may have the same address.",
    "fix": "Let the router hand out the addresses, or give each machine its own."
  },
  "machines_other_version": {
    "title": "A machine speaks another version",
    "text": "{machines} and this machine have no version in common.",
    "fix": "Update Banyan on the older one."
  },
  "machines_turned_away": {
    "title": "A machine does not trust this one any more",
    "text": "{machines} closed the connection: this machine was forgotten or blocked there.",
    "fix": "Pair with it again, or forget it here."
  },
  "machines_broken": {
    "title": "Connections to a machine break",
    "text": "{machines}: {reason}.",
    "fix": "Update Banyan on both machines. If it stays so, copy the report in Diagnostics."
  },
  "incoming_good": {
    "title": "Other machines reach this one",
    "text": "Connections have come in.",
    "fix": ""
  },
  "incoming_nobody": {
    "title": "This machine is heard, but nobody reaches it",
    "text": "{answered} machines answered its announcements, and none has ever connected to it.",
    "fix": "Let TCP port {port} into this machine."
  },
  "other_mesh_key": {
    "title": "Machines of another mesh are near",
    "text": "{machines} ({count}): they announce a mesh key that this machine does not hold.",
    "fix": "If they are to belong together, give this machine their key as well; else leave it so, or pair with them."
  },
  "mesh_key_lacking": {
    "title": "Machines nearby share a mesh key",
    "text": "{machines} ({count}): they trust each other by a mesh key, and this machine holds none.",
    "fix": "Pair with them, or give this machine their key."
  },
  "vouch_no_key": {
    "title": "A machine did not show its mesh key",
    "text": "{machines} announces a mesh key of this machine and then did not show it.",
    "fix": "Give that machine the key again, or pair with it."
  },
  "vouch_wrong_proof": {
    "title": "A mesh key was not proven",
    "text": "{machines}: who is there could not be proven with the mesh key. Another key, or somebody in between.",
    "fix": "Check that both machines hold the same key; if they do, do not trust this network."
  },
  "clocks_differ": {
    "title": "Clocks differ",
    "text": "{machines}: up to {most} apart from the clock here. That harms nothing.",
    "fix": ""
  },
  "http_good": {
    "title": "The page is served",
    "text": "{address}",
    "fix": ""
  },
  "http_off": {
    "title": "The page is switched off",
    "text": "Browsers and other programs of this machine cannot reach Banyan.",
    "fix": "Switch http.enabled on if you want it."
  },
  "http_absent": {
    "title": "The page is not served",
    "text": "It should be at {address}.",
    "fix": "Restart Banyan; the log says what went wrong."
  },
  "http_unreachable": {
    "title": "The page does not answer",
    "text": "{address}: {reason}.",
    "fix": "Another program may hold that address. Restart Banyan or choose another port."
  },
  "clock_good": {
    "title": "The clock shows a possible time",
    "text": "{now}",
    "fix": ""
  },
  "clock_never_set": {
    "title": "The clock was never set",
    "text": "This machine believes the year is {year}.",
    "fix": "Set the clock, or let the system fetch the time."
  },
  "firewall_none": {
    "title": "No known firewall is on",
    "text": "Of ufw, firewalld and the firewalls of Windows and macOS none is on. Rules that only the administrator may see, such as those of nftables, are not looked at.",
    "fix": ""
  },
  "firewall_open": {
    "title": "The firewall lets Banyan in",
    "text": "{firewall} allows Banyan's ports.",
    "fix": ""
  },
  "firewall_closed": {
    "title": "The firewall keeps other machines out",
    "text": "{firewall} blocks Banyan's ports.",
    "fix": "Open it with the button in Diagnostics, or run this as administrator."
  },
  "firewall_unclear": {
    "title": "A firewall is on",
    "text": "{firewall} does not tell whether it lets Banyan in.",
    "fix": "If other machines cannot reach this one, run this as administrator."
  },
  "firewall_absent": {
    "title": "No firewall keeps other machines out",
    "text": "None is on that would close Banyan's ports.",
    "fix": ""
  },
  "backend_good": {
    "title": "{name} answers",
    "text": "{address}, version {version}, models: {models}.",
    "fix": ""
  },
  "backend_good_unversioned": {
    "title": "{name} answers",
    "text": "{address}, models: {models}.",
    "fix": ""
  },
  "backend_far": {
    "title": "{name} answers from outside your network",
    "text": "{address}, models: {models}. It is asked only when you choose one of its models, and never shared.",
    "fix": ""
  },
  "ollama_without_models": {
    "title": "{name} runs here without a model",
    "text": "Version {version} answers at {address}, and holds no model yet.",
    "fix": "Get a first one; llama3.2 is small (2 GB) and fits most machines."
  },
  "backend_without_models": {
    "title": "{name} runs without a model",
    "text": "{address} answers, and lists no model.",
    "fix": "Load a model in that program."
  },
  "ollama_away": {
    "title": "Ollama does not run on this machine",
    "text": "Nothing answers at {address}. Questions are answered elsewhere.",
    "fix": ""
  },
  "ollama_missing": {
    "title": "No model can be asked yet",
    "text": "Ollama, which runs models on this machine, is not installed, and no other machine shares a model with this one.",
    "fix": "Install Ollama, or let another machine share its models."
  },
  "ollama_stopped": {
    "title": "Ollama is installed and does not run",
    "text": "Nothing answers at {address}.",
    "fix": "Start it."
  },
  "ollama_elsewhere": {
    "title": "Ollama does not answer where it is set",
    "text": "Nothing answers at {address}: {reason}.",
    "fix": "Start it there, or set the right address in Settings (`models.ollama_address`)."
  },
  "backend_down": {
    "title": "{name} does not answer",
    "text": "{address}: {reason}.",
    "fix": "Start that server, or remove it with `banyan backends remove`."
  },
  "backend_silent": {
    "title": "{name} says nothing",
    "text": "Something listens at {address} and does not answer in time.",
    "fix": "See whether that machine is overloaded, or restart the server."
  },
  "backend_locked": {
    "title": "{name} lets nobody in without its key",
    "text": "{address}: {reason}.",
    "fix": "Remove it and add it again with the right key (`--key-file`)."
  },
  "backend_broken": {
    "title": "{name} answers in a way that makes no sense",
    "text": "{address}: {reason}.",
    "fix": "See which program answers there, and correct the address."
  },
  "backend_not_looked_at": {
    "title": "{name} was not looked at yet",
    "text": "{address} has been asked and has not answered yet.",
    "fix": "Try again in a moment."
  },
  "nftables_closed": {
    "title": "Firewall rules keep other machines out",
    "text": "Rules set with nftables or iptables drop what comes for Banyan.",
    "fix": "Run this now, and add the same to the file your rules are loaded from: after a restart they are as before."
  },
  "nftables_unclear": {
    "title": "There are firewall rules",
    "text": "Rules set with nftables or iptables may drop what comes for Banyan; it depends on where it comes from.",
    "fix": "If other machines cannot reach this one, run this, and add the same to the file your rules are loaded from."
  },
  "ollama_absent": {
    "title": "Ollama does not answer on this machine",
    "text": "Nothing answers at {address}.",
    "fix": "Install Ollama from ollama.com and start it, or set its address in Settings."
  },
  "ollama_broken": {
    "title": "Something answers, but it is not Ollama",
    "text": "{address} answered in a way Banyan does not understand: {reason}.",
    "fix": "See which program holds that port, or set Ollama's address in Settings."
  },
  "ollama_empty": {
    "title": "Ollama runs here without a model",
    "text": "Version {version} answers at {address}, and holds no model yet.",
    "fix": "Get one with `banyan models pull llama3.2`."
  },
  "tray_running": {
    "title": "Banyan on {name}",
    "text": "",
    "fix": ""
  },
  "tray_one_connected": {
    "title": "Banyan on {name}, 1 machine connected",
    "text": "",
    "fix": ""
  },
  "tray_connected": {
    "title": "Banyan on {name}, {count} machines connected",
    "text": "",
    "fix": ""
  },
  "tray_starting": {
    "title": "Banyan is starting",
    "text": "",
    "fix": ""
  },
  "tray_stopping": {
    "title": "Banyan is stopping",
    "text": "",
    "fix": ""
  },
  "tray_service": {
    "title": "Banyan runs as a service",
    "text": "",
    "fix": ""
  },
  "tray_open": {
    "title": "Open Banyan",
    "text": "",
    "fix": ""
  },
  "tray_settings": {
    "title": "Settings",
    "text": "",
    "fix": ""
  },
  "tray_share": {
    "title": "Share my models",
    "text": "",
    "fix": ""
  },
  "tray_quit": {
    "title": "Quit Banyan",
    "text": "",
    "fix": ""
  },
  "trouble_again": {
    "title": "Try again",
    "text": "",
    "fix": ""
  },
  "tray_hint": {
    "title": "Banyan goes on in the tray",
    "text": "Closing the window keeps this machine in the network.",
    "fix": "Open or quit it from its tray icon."
  },
  "no_tray": {
    "title": "This desktop shows no tray icons",
    "text": "Closing the window therefore quits Banyan.",
    "fix": "Desktops such as GNOME show them with an extension named AppIndicator."
  },
  "node_restarted": {
    "title": "Banyan restarted itself",
    "text": "A part of it kept failing ({reason}). What was saved is safe.",
    "fix": "If it happens again, copy the report in Diagnostics."
  },
  "node_failed": {
    "title": "Banyan keeps failing",
    "text": "It was restarted once and failed again: {reason}. What was saved is safe.",
    "fix": "Try again. If that does not help, send us the latest lines of the log."
  },
  "window_restarted": {
    "title": "The window was opened again",
    "text": "Its page had failed. Banyan itself went on.",
    "fix": ""
  },
  "window_failed": {
    "title": "The page keeps failing",
    "text": "It failed again right after the window was opened anew. Banyan itself goes on.",
    "fix": "Try again, or use the page in a browser: `banyan link --open`."
  },
  "notification_test": {
    "title": "Notifications arrive",
    "text": "This is what one from Banyan looks like.",
    "fix": ""
  },
  "machine_nearby": {
    "title": "{name} is nearby",
    "text": "A machine with Banyan that was not seen here before.",
    "fix": "Open Banyan to pair with it."
  },
  "pairing_request": {
    "title": "{name} asks for pairing",
    "text": "Compare the code that both screens show.",
    "fix": "Open Banyan to see it."
  },
  "access_request": {
    "title": "{name} asks to use your models",
    "text": "Allow it always, today or once, or say no.",
    "fix": "Open Banyan to answer."
  },
  "access_answer": {
    "title": "{name} answered your request",
    "text": "You asked to use its models.",
    "fix": "Open Banyan to read the answer."
  },
  "models_shared": {
    "title": "{name} shares its models",
    "text": "Ask them as if they were on this machine.",
    "fix": ""
  },
  "no_display": {
    "title": "There is no display to open a window on",
    "text": "Neither WAYLAND_DISPLAY nor DISPLAY is set.",
    "fix": "Run `banyan serve` for a node without a window, or start this from a desktop."
  },
  "#another_program": {
    "title": "Another program",
    "text": "",
    "fix": ""
  },
  "#file_missing": {
    "title": "there is no such file",
    "text": "",
    "fix": ""
  },
  "#key_for_file": {
    "title": "a key in place of a file",
    "text": "",
    "fix": ""
  },
  "#folder_missing": {
    "title": "its folder does not exist",
    "text": "",
    "fix": ""
  },
  "#name_unknown": {
    "title": "nobody knows that name",
    "text": "",
    "fix": ""
  },
  "#folder_is_file": {
    "title": "its folder is a file",
    "text": "",
    "fix": ""
  },
  "#is_folder": {
    "title": "it is a folder",
    "text": "",
    "fix": ""
  },
  "#file_in_place": {
    "title": "a file is in its place",
    "text": "",
    "fix": ""
  },
  "#no_permission": {
    "title": "permission is denied",
    "text": "",
    "fix": ""
  },
  "#disk_read_only": {
    "title": "the disk is read-only",
    "text": "",
    "fix": ""
  },
  "#disk_full": {
    "title": "the disk is full",
    "text": "",
    "fix": ""
  },
  "#quota_used_up": {
    "title": "the disk quota is used up",
    "text": "",
    "fix": ""
  },
  "#not_own_address": {
    "title": "this machine does not have that address",
    "text": "",
    "fix": ""
  },
  "#no_answer_in_time": {
    "title": "nothing answered in time",
    "text": "",
    "fix": ""
  },
  "#not_permitted": {
    "title": "permission was not given",
    "text": "",
    "fix": ""
  },
  "#nobody_answered": {
    "title": "nobody answered the question for permission",
    "text": "",
    "fix": ""
  },
  "#already_asking": {
    "title": "the question for permission is open already",
    "text": "",
    "fix": ""
  },
  "#cannot_ask": {
    "title": "this system offers no way to ask for permission",
    "text": "",
    "fix": ""
  },
  "#bye_stopping": {
    "title": "it is being switched off",
    "text": "",
    "fix": ""
  },
  "#bye_version": {
    "title": "it speaks another version",
    "text": "",
    "fix": ""
  },
  "#bye_not_trusted": {
    "title": "it does not trust this machine",
    "text": "",
    "fix": ""
  },
  "#bye_duplicate": {
    "title": "another connection stays",
    "text": "",
    "fix": ""
  },
  "#bye_broken": {
    "title": "the protocol was broken",
    "text": "",
    "fix": ""
  },
  "#bye_silent": {
    "title": "nothing was heard for too long",
    "text": "",
    "fix": ""
  },
  "#bye_removed": {
    "title": "this machine was removed or blocked there",
    "text": "",
    "fix": ""
  },
  "#bye_too_loud": {
    "title": "more was said than is allowed in this time",
    "text": "",
    "fix": ""
  },
  "#bye_no_key": {
    "title": "it does not hold the mesh key",
    "text": "",
    "fix": ""
  },
  "#bye_wrong_proof": {
    "title": "the proof of the mesh key was wrong",
    "text": "",
    "fix": ""
  },
  "#bye_invitation_unknown": {
    "title": "the invitation is not known there",
    "text": "",
    "fix": ""
  },
  "#bye_invitation_expired": {
    "title": "the invitation is over",
    "text": "",
    "fix": ""
  },
  "#bye_invitation_used": {
    "title": "the invitation was used",
    "text": "",
    "fix": ""
  },
  "#bye_invitation_kind": {
    "title": "the invitation is of another kind",
    "text": "",
    "fix": ""
  },
  "#bye_unknown": {
    "title": "a reason of a newer version",
    "text": "",
    "fix": ""
  },
  "no_request": {
    "title": "No request is open",
    "text": "It was answered, taken back or has expired.",
    "fix": "`banyan access list` shows how it ended; `banyan allow` gives a permission that nobody asked for."
  },
  "asked_already": {
    "title": "You have asked already",
    "text": "The person of that machine has not answered yet.",
    "fix": "Wait for the answer, or take the request back."
  },
  "asked_too_soon": {
    "title": "It is too soon to ask again",
    "text": "The last request was refused or taken back a short while ago.",
    "fix": "Ask again in {minutes} min."
  },
  "words_wrong": {
    "title": "These words cannot be sent",
    "text": "They are longer than {most} characters, or contain characters that cannot be shown.",
    "fix": "Say it in one line."
  },
  "person_frozen": {
    "title": "Whose machine this is, is in doubt",
    "text": "Its person moved to two different keys, so somebody who should not knows the old one. Until this is settled it may do nothing.",
    "fix": "Pair with it again and compare the codes."
  },
  "person_left_behind": {
    "title": "Its person has a new key",
    "text": "The machine has not shown yet that it came along. Until it does, it may do nothing.",
    "fix": "Let it meet another machine of its person, or pair with it again."
  },
  "person_not_mine": {
    "title": "This machine is no longer one of yours",
    "text": "It was joined to yours and is another person's now. It may do nothing here.",
    "fix": "If it is yours, pair with it again as yours; otherwise forget it."
  }
};
