// Generated from crates/api/sentences by `cargo xtask gen`. Do not edit.

export interface SentenceTemplate {
  title: string;
  text: string;
  fix: string;
}

export const sentences: Record<"en" | "fa", Record<string, SentenceTemplate>> = {
  en: {
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
    "title": "{value} is not allowed for {key}",
    "text": "Allowed is {allowed}.",
    "fix": "Choose another value; the old one is still in use."
  },
  "bad_config_value": {
    "title": "{value} is not allowed for {key}",
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
    "text": "Another program uses it. It was chosen by {origin} ({key}), so Banyan does not move to another.",
    "fix": "End the other program, or choose another port."
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
    "title": "There is no way to that address",
    "text": "This machine knows no network that leads there.",
    "fix": "Join the same network. On a Mac, also allow Banyan under Privacy, Local Network."
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
    "text": "{reason}.",
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
    "text": "{reason}.",
    "fix": "Copy the key again, whole, as `banyan mesh new` printed it."
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
  "no_network": {
    "title": "No network to work with",
    "text": "No cable, no Wi-Fi, or only interfaces that are skipped on purpose.",
    "fix": "Connect this machine to a network, or name an interface in network.interfaces."
  },
  "ipv6_only": {
    "title": "Only IPv6 addresses",
    "text": "Being found by broadcast needs an IPv4 address; everything else works.",
    "fix": ""
  },
  "clock_wrong": {
    "title": "The clock is wrong",
    "text": "This machine believes the year is {year}. Times shown here are wrong too.",
    "fix": "Set the clock, or let the system fetch the time."
  },
  "port_moved": {
    "title": "Port {wanted} was taken",
    "text": "Another program uses it, so Banyan uses {got} until the next start ({key}).",
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
    "text": "Being found by broadcast needs an IPv4 address.",
    "fix": "Let the network hand out IPv4 addresses too."
  },
  "network_unknown": {
    "title": "The network cannot be examined",
    "text": "The system answered: {reason}.",
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
    "text": "Of ufw, firewalld and the firewalls of Windows and macOS none is on. Other rules, such as those of nftables, are not seen.",
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
    "fix": "Open it with the button, or run: {command}"
  },
  "firewall_unclear": {
    "title": "A firewall is on",
    "text": "{firewall} does not tell whether it lets Banyan in.",
    "fix": "If other machines cannot reach this one, run: {command}"
  },
  "ollama_absent": {
    "title": "Ollama does not answer on this machine",
    "text": "Nothing answers at {address}.",
    "fix": "This version of Banyan cannot ask Ollama yet; the next one will. To be ready for it, install Ollama from ollama.com and start it, or set its address in Settings."
  },
  "ollama_broken": {
    "title": "Something answers, but it is not Ollama",
    "text": "{address} answered in a way Banyan does not understand: {reason}.",
    "fix": "See which program holds that port, or set Ollama's address in Settings."
  },
  "ollama_unused": {
    "title": "Ollama runs here",
    "text": "Version {version} answers at {address} and holds {models} models. This version of Banyan cannot ask it yet; the next one will.",
    "fix": ""
  },
  "tray_running": {
    "title": "Banyan on {name}",
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
  "no_display": {
    "title": "There is no display to open a window on",
    "text": "Neither WAYLAND_DISPLAY nor DISPLAY is set.",
    "fix": "Run `banyan serve` for a node without a window, or start this from a desktop."
  }
},
  fa: {
  "unknown_call": {
    "title": "این نسخه چنین درخواستی را نمی‌شناسد",
    "text": "فراخوانی‌ای به نام {call} وجود ندارد.",
    "fix": "ببینید صفحه و برنامه از یک نسخه باشند؛ صفحه را دوباره بار کنید."
  },
  "bad_params": {
    "title": "درخواست فهمیده نشد",
    "text": "به {call} چیزی داده شد که خوانده نمی‌شود: {reason}.",
    "fix": "ببینید صفحه و برنامه از یک نسخه باشند؛ صفحه را دوباره بار کنید."
  },
  "internal": {
    "title": "چیزی در Banyan درست کار نکرد",
    "text": "خطایی از خودِ برنامه جلوی این کار را گرفت: {reason}.",
    "fix": "دوباره امتحان کنید. اگر تکرار شد، گزارشِ بخش عیب‌یابی را کپی کنید و برای ما بفرستید."
  },
  "stopping": {
    "title": "Banyan در حال توقف است",
    "text": "هنگام بسته شدن کار تازه‌ای نمی‌پذیرد.",
    "fix": "دوباره اجرایش کنید و این کار را از سر بگیرید."
  },
  "unauthorized": {
    "title": "این صفحه وارد نشده است",
    "text": "نشستِ آن پایان یافته یا هرگز باز نشده است.",
    "fix": "Banyan را از نماد کنار ساعت باز کنید یا `banyan link --open` را اجرا کنید."
  },
  "link_spent": {
    "title": "این پیوند مصرف شده یا کهنه است",
    "text": "هر پیوند فقط یک بار و تا چند دقیقه پس از ساخته شدن باز می‌شود.",
    "fix": "Banyan را از نماد کنار ساعت باز کنید یا برای پیوند تازه `banyan link --open` را اجرا کنید."
  },
  "too_many": {
    "title": "تلاش‌ها بیش از اندازه بود",
    "text": "Banyan تا {seconds} ثانیهٔ دیگر درخواستی نمی‌پذیرد.",
    "fix": "کمی صبر کنید و دوباره امتحان کنید."
  },
  "foreign_caller": {
    "title": "این درخواست از جای دیگری آمده است",
    "text": "نشانی دیگری را نام می‌برد یا صفحه‌ای از سایت دیگری آن را فرستاده است. Banyan فقط به صفحهٔ خودش و برنامه‌های همین دستگاه پاسخ می‌دهد.",
    "fix": "Banyan را با همان نشانی که نشان می‌دهد باز کنید یا `banyan link --open` را اجرا کنید."
  },
  "too_large": {
    "title": "درخواست بیش از اندازه بزرگ است",
    "text": "بیش از {limit} بایت یک‌جا پذیرفته نمی‌شود.",
    "fix": "هر بار کمتر بفرستید."
  },
  "unknown_path": {
    "title": "در این نشانی چیزی نیست",
    "text": "{path} وجود ندارد.",
    "fix": "ببینید نشانی درست نوشته شده باشد."
  },
  "wrong_method": {
    "title": "این نشانی درخواست را فقط با POST می‌پذیرد",
    "text": "{path} با {method} درخواست شد.",
    "fix": "درخواست را با POST بفرستید."
  },
  "reserved_path": {
    "title": "این نسخه هنوز آنجا پاسخ نمی‌دهد",
    "text": "{path} برای برنامه‌هایی نگه داشته شده که با Ollama یا OpenAI حرف می‌زنند. در این نسخه کسی آنجا پاسخ نمی‌دهد.",
    "fix": ""
  },
  "unknown_setting": {
    "title": "تنظیمی به نام {key} وجود ندارد",
    "text": "به همین دلیل چیزی تغییر نکرد.",
    "fix": "شاید غلط تایپی باشد؛ `banyan config` همهٔ نام‌ها را نشان می‌دهد."
  },
  "unknown_variable": {
    "title": "{variable} تنظیم نیست",
    "text": "متغیر محیطی {variable} چیزی را تغییر نمی‌دهد.",
    "fix": "شاید منظور {near} بوده است."
  },
  "ignored_variable": {
    "title": "{variable} نادیده گرفته شد",
    "text": "متغیر محیطی {variable} مقدار {value} دارد؛ مقدار مجاز: {allowed}. Banyan بدون آن ادامه می‌دهد.",
    "fix": "متغیر را درست یا حذف کنید و Banyan را دوباره اجرا کنید."
  },
  "bad_setting": {
    "title": "مقدار {value} برای {key} پذیرفته نیست",
    "text": "مقدارهای مجاز: {allowed}.",
    "fix": "مقدار دیگری برگزینید؛ مقدار پیشین هنوز برقرار است."
  },
  "bad_config_value": {
    "title": "{value} برای {key} مجاز نیست",
    "text": "این مقدار از {origin} می‌آید. مقدار مجاز: {allowed}.",
    "fix": "همان‌جا درستش کنید و Banyan را دوباره اجرا کنید. چیزی تغییر نکرده است."
  },
  "bad_config_values": {
    "title": "مقدار {count} تنظیم مجاز نیست",
    "text": "هر یک با آنچه مجاز است: {values}.",
    "fix": "همان‌جا درستشان کنید و Banyan را دوباره اجرا کنید. چیزی تغییر نکرده است."
  },
  "setting_read_only": {
    "title": "{key} جای دیگری تعیین شده است",
    "text": "{origin} آن را تعیین می‌کند و پروندهٔ پیکربندی بر آن برتری ندارد.",
    "fix": "برای تغییر آن در اینجا، Banyan را بدون {origin} اجرا کنید."
  },
  "config_unreadable": {
    "title": "پیکربندی خوانده نمی‌شود",
    "text": "{file}: {reason}.",
    "fix": "به خودتان اجازهٔ خواندن پرونده را بدهید یا آن را کنار بگذارید؛ Banyan آنگاه با مقدارهای پیش‌فرض آغاز می‌کند."
  },
  "config_syntax": {
    "title": "پیکربندی ایراد دارد",
    "text": "{file}، سطر {line}، ستون {column}: {reason}.",
    "fix": "آن سطر را درست کنید یا پرونده را کنار بگذارید؛ Banyan آنگاه با مقدارهای پیش‌فرض آغاز می‌کند."
  },
  "config_unwritable": {
    "title": "تنظیم ذخیره نشد",
    "text": "در {file} نمی‌توان نوشت: {reason}. پروندهٔ پیشین دست‌نخورده مانده است.",
    "fix": "مجوزهای آن و فضای خالی را بررسی کنید و دوباره امتحان کنید."
  },
  "no_home": {
    "title": "پوشهٔ خانگی شناخته نیست",
    "text": "Banyan نمی‌داند داده‌هایش را کجا نگه دارد.",
    "fix": "با `--data` یا BANYAN_DATA پوشه‌ای را معرفی کنید."
  },
  "data_unwritable": {
    "title": "در پوشهٔ داده نمی‌توان نوشت",
    "text": "{folder}: {reason}.",
    "fix": "مالک و مجوزهایش را بررسی کنید یا با `--data` پوشهٔ دیگری برگزینید."
  },
  "disk_full": {
    "title": "دیسک پر است",
    "text": "در {folder} دیگر جایی نیست. آنچه پیش‌تر ذخیره شده در امان است.",
    "fix": "کمی جا باز کنید و دوباره امتحان کنید."
  },
  "data_locked": {
    "title": "یک Banyan دیگر از این پوشه استفاده می‌کند",
    "text": "{folder} در اختیار گرهی است که هم‌اکنون اجراست؛ دو گره به داده‌های یکدیگر آسیب می‌زنند.",
    "fix": "از همان که در حال اجراست استفاده کنید (`banyan link --open`) یا با `--data` پوشهٔ دیگری برگزینید."
  },
  "keyring_locked": {
    "title": "دسته‌کلید قفل است",
    "text": "هویت این دستگاه در آن است و Banyan هرگز هویت دومی نمی‌سازد. پاسخ دسته‌کلید: {reason}.",
    "fix": "قفل دسته‌کلید را باز کنید و دوباره امتحان کنید."
  },
  "keyring_unreachable": {
    "title": "به دسته‌کلید دسترسی نیست",
    "text": "کلید این دستگاه در دسته‌کلید است و از اینجا هیچ دسته‌کلیدی در دسترس نیست: {reason}. Banyan هرگز هویت دومی نمی‌سازد.",
    "fix": "وارد نشست میزکاری شوید که دسته‌کلید دارد و Banyan را همان‌جا دوباره اجرا کنید."
  },
  "identity_damaged": {
    "title": "هویت این دستگاه خوانده نمی‌شود",
    "text": "آنچه در {place} بود از دست رفته یا آسیب دیده است: {reason}.",
    "fix": "آن را از پشتیبان بازگردانید یا با پوشهٔ دادهٔ تازه از نو آغاز کنید؛ آنگاه این دستگاه برای دیگران تازه است."
  },
  "identity_exposed": {
    "title": "دیگران می‌توانند پروندهٔ کلید را بخوانند",
    "text": "{file} کلید محرمانهٔ این دستگاه است و مجوزهایش راه را برای دیگران باز گذاشته است.",
    "fix": "`chmod 600` را روی آن اجرا کنید. اگر شاید کسی آن را خوانده باشد، با پوشهٔ دادهٔ تازه از نو آغاز کنید."
  },
  "port_taken": {
    "title": "درگاه {port} در دست برنامهٔ دیگری است",
    "text": "این درگاه را {origin} برگزیده است ({key})، پس Banyan خودسرانه سراغ درگاه دیگری نمی‌رود.",
    "fix": "برنامهٔ دیگر را ببندید یا درگاه دیگری برگزینید."
  },
  "address_unusable": {
    "title": "Banyan نمی‌تواند روی {address} گوش بدهد",
    "text": "سیستم نپذیرفت: {reason}.",
    "fix": "نشانی‌ای از همین دستگاه برگزینید، مانند 127.0.0.1:8080."
  },
  "unknown_peer": {
    "title": "دستگاهی به این نام نیست",
    "text": "اینجا چیزی «{peer}» نام ندارد.",
    "fix": "فهرست دستگاه‌ها را ببینید (`banyan peers`) یا بخش بیشتری از شناسه را بنویسید."
  },
  "ambiguous_peer": {
    "title": "چند دستگاه این نام را دارند",
    "text": "«{peer}» می‌تواند هر یک از این‌ها باشد: {candidates}.",
    "fix": "به‌جای نام، شناسه را بنویسید."
  },
  "bad_address": {
    "title": "این نشانی نیست",
    "text": "«{address}» نشانی یک دستگاه نیست.",
    "fix": "آن را مانند 192.168.1.20 یا atlas.local:7878 بنویسید یا یک بلیت بچسبانید."
  },
  "no_such_host": {
    "title": "دستگاهی با این نام پیدا نشد",
    "text": "{host} در این شبکه شناخته نیست: {reason}.",
    "fix": "املای آن را بررسی کنید یا نشانی‌اش را بنویسید، مانند 192.168.1.20."
  },
  "pairing_under_way": {
    "title": "جفت‌شدن در جریان است",
    "text": "این دستگاه منتظر پاسخ است.",
    "fix": "به هر دو صفحه نگاه کنید یا آن را لغو کنید و از نو آغاز کنید."
  },
  "no_pairing": {
    "title": "با این دستگاه جفت‌شدنی در جریان نیست",
    "text": "درخواست پایان یافته است یا هرگز نبوده.",
    "fix": "دوباره درخواست کنید."
  },
  "reach_refused": {
    "title": "آنجا کسی گوش نمی‌دهد",
    "text": "دستگاه پاسخ داد که در این نشانی Banyan اجرا نمی‌شود.",
    "fix": "Banyan را آنجا روشن کنید یا درگاه را بررسی کنید."
  },
  "reach_no_answer": {
    "title": "پاسخی نیامد",
    "text": "شاید خاموش است، یا در شبکهٔ دیگری است، یا دیوار آتش میان دو دستگاه است.",
    "fix": "ببینید روشن و در همین شبکه است، سپس دیوار آتش آن را باز کنید؛ بخش عیب‌یابی همان‌جا راهش را می‌گوید."
  },
  "reach_no_way": {
    "title": "راهی به آن نشانی نیست",
    "text": "این دستگاه شبکه‌ای نمی‌شناسد که به آنجا برسد.",
    "fix": "به همان شبکه وصل شوید. در مک، Banyan را در Privacy، بخش Local Network هم مجاز کنید."
  },
  "reach_far": {
    "title": "این نشانی در شبکهٔ محلی نیست",
    "text": "Banyan فقط با نشانی‌های خصوصی حرف می‌زند مگر اینکه شبکه‌های دیگر را مجاز کنید.",
    "fix": "برای VPN، شبکهٔ آن را به تنظیم network.allowed_networks بیفزایید."
  },
  "reach_other_device": {
    "title": "دستگاه دیگری آنجا پاسخ داد",
    "text": "{device} است، نه آن که انتظارش می‌رفت.",
    "fix": "شاید نشانی‌اش به دستگاه دیگری رسیده است؛ صبر کنید تا دوباره پیدا شود."
  },
  "reach_ourselves": {
    "title": "این خود همین دستگاه است",
    "text": "این نشانی به همین‌جا برمی‌گردد.",
    "fix": "نشانی دستگاه دیگری را بدهید."
  },
  "reach_turned_away": {
    "title": "پاسخ داد و اتصال را بست",
    "text": "دلیل آن: {reason}.",
    "fix": "به دستگاه دیگر نگاه کنید؛ شاید این دستگاه را مسدود یا فراموش کرده است."
  },
  "reach_broken": {
    "title": "اتصال شکست",
    "text": "{reason}.",
    "fix": "ببینید آنجا Banyan با نسخه‌ای نزدیک به این اجرا می‌شود و دوباره امتحان کنید."
  },
  "reach_no_address": {
    "title": "جای آن معلوم نیست",
    "text": "اکنون نشانی‌ای از این دستگاه در دست نیست.",
    "fix": "آن را روشن کنید یا نشانی‌اش را دستی بدهید."
  },
  "bad_ticket": {
    "title": "این بلیت نیست",
    "text": "{reason}.",
    "fix": "همهٔ خط را دوباره رونویسی کنید، از «banyan:» تا پایان."
  },
  "ticket_is_mine": {
    "title": "این بلیت دو دستگاه یک نفر را به هم می‌پیوندد",
    "text": "هر دو با همهٔ اجازه‌ها همگام می‌شوند.",
    "fix": "اگر هر دو دستگاه از شماست، همین را بگویید و دوباره امتحان کنید (`--mine`)."
  },
  "ticket_is_team": {
    "title": "این بلیت دستگاه‌های چند نفر را به هم می‌پیوندد",
    "text": "فقط مدل‌های اشتراکی به کار می‌روند و چیزی همگام نمی‌شود.",
    "fix": "آن را بدون گفتن اینکه دستگاه از شماست به کار ببرید."
  },
  "invitation_kind": {
    "title": "بلیت و صادرکننده‌اش یکی نمی‌گویند",
    "text": "نوع اعتماد در آن‌ها یکسان نیست، پس کاری انجام نشد.",
    "fix": "بلیت تازه‌ای بخواهید."
  },
  "not_welcome": {
    "title": "دستگاه دیگر این یکی را راه نمی‌دهد",
    "text": "شاید مسدودش کرده یا بیش از این دستگاهی نمی‌پذیرد.",
    "fix": "به دستگاه دیگر نگاه کنید."
  },
  "person_not_kept": {
    "title": "هر دو موافق بودند ولی اینجا نگه‌داشته نشد",
    "text": "{reason}.",
    "fix": "این را درست کنید و دوباره امتحان کنید."
  },
  "bad_mesh_key": {
    "title": "این کلید شبکه نیست",
    "text": "{reason}.",
    "fix": "کلید را دوباره و کامل رونویسی کنید، همان‌گونه که `banyan mesh new` نوشت."
  },
  "mesh_keys_unusable": {
    "title": "کلیدهای شبکهٔ این دستگاه به کار نمی‌آیند",
    "text": "{reason}.",
    "fix": "پرونده را درست یا پاک کنید و دوباره روشن کنید."
  },
  "not_trusted": {
    "title": "این دستگاه اینجا مورد اعتماد نیست",
    "text": "فقط به دستگاه مورد اعتماد می‌توان این را داد.",
    "fix": "نخست با آن جفت شوید."
  },
  "blocked": {
    "title": "این دستگاه مسدود است",
    "text": "نه به آن وصل می‌شویم و نه پاسخش داده می‌شود.",
    "fix": "نخست آن را آزاد کنید."
  },
  "not_allowed": {
    "title": "کسی این را اجازه نداده است",
    "text": "صاحب این دستگاه آن را مجاز نکرده است.",
    "fix": "از صاحب دستگاه بخواهید اجازه دهد."
  },
  "denied": {
    "title": "این رد شده است",
    "text": "صاحب این دستگاه آن را رد کرده است.",
    "fix": "از صاحب دستگاه بخواهید اجازه دهد."
  },
  "open_policy_only": {
    "title": "شبکهٔ باز کمتر از این می‌دهد",
    "text": "دستگاه‌هایی که از راه شبکهٔ باز آمده‌اند فقط مدل‌های اشتراکی را به کار می‌برند.",
    "fix": "برای اجازهٔ بیشتر با دستگاه جفت شوید."
  },
  "policy_closed": {
    "title": "این شبکه باز نیست",
    "text": "دستگاه‌ها فقط با جفت‌شدن مورد اعتماد می‌شوند.",
    "fix": "با دستگاه جفت شوید."
  },
  "mesh_key_unknown": {
    "title": "این کلید شبکه اینجا شناخته نیست",
    "text": "هیچ کلید این دستگاه با آن جور نیست.",
    "fix": "کلید را بررسی کنید یا آن را به این دستگاه هم بدهید."
  },
  "mesh_key_retired": {
    "title": "این کلید شبکه جایگزین شده است",
    "text": "دیگر اعتماد تازه‌ای نمی‌سازد.",
    "fix": "کلیدی را به کار ببرید که جای آن آمده است."
  },
  "mesh_key_known": {
    "title": "این کلید شبکه از پیش هست",
    "text": "این دستگاه آن را برای کار دیگری دارد.",
    "fix": "برای این کار کلید تازه‌ای بسازید."
  },
  "invitation_unknown": {
    "title": "این دعوت اینجا شناخته نیست",
    "text": "این دستگاه چنین دعوتی نساخته یا پس گرفته شده است.",
    "fix": "دعوت تازه‌ای بخواهید."
  },
  "invitation_expired": {
    "title": "زمان این دعوت گذشته است",
    "text": "هر دعوت یک روز اعتبار دارد.",
    "fix": "دعوت تازه‌ای بخواهید."
  },
  "invitation_used": {
    "title": "این دعوت به کار رفته است",
    "text": "هر دعوت یک دستگاه را یک بار راه می‌دهد.",
    "fix": "دعوت تازه‌ای بخواهید."
  },
  "too_many_invitations": {
    "title": "دعوت‌های باز زیاد است",
    "text": "بیش از {most} دعوت هم‌زمان باز نمی‌ماند.",
    "fix": "یکی را که لازم نیست پس بگیرید."
  },
  "too_many_devices": {
    "title": "دستگاه‌های مورد اعتماد زیاد است",
    "text": "بیش از {most} دستگاه نمی‌تواند باشد.",
    "fix": "یکی را که لازم نیست فراموش کنید."
  },
  "not_known": {
    "title": "دربارهٔ این دستگاه چیزی در دست نیست",
    "text": "فراموش شده است یا هرگز درباره‌اش تصمیمی گرفته نشده.",
    "fix": "صبر کنید تا دوباره پیدا شود."
  },
  "not_blocked": {
    "title": "این دستگاه مسدود نیست",
    "text": "چیزی برای برگرداندن نیست.",
    "fix": ""
  },
  "no_other_name": {
    "title": "دستگاه نام دیگری پیشنهاد نمی‌کند",
    "text": "همان نامی را دارد که هنگام جفت‌شدن داشت.",
    "fix": ""
  },
  "term_over": {
    "title": "این زمان گذشته است",
    "text": "چیزی مجاز نشد.",
    "fix": "زمانی را برگزینید که هنوز نرسیده است."
  },
  "machines_unwritable": {
    "title": "دفتر دستگاه‌ها نوشتنی نیست",
    "text": "{file}: {reason}.",
    "fix": "دیسک و مجوز نوشتن در آنجا را بررسی کنید."
  },
  "machines_busy": {
    "title": "برنامهٔ دیگری دفتر دستگاه‌ها را در دست دارد",
    "text": "{file} جای دیگری باز است.",
    "fix": "برنامهٔ پشتیبان‌گیری یا پایگاه‌دادهٔ دیگر را ببندید و دوباره امتحان کنید."
  },
  "machines_damaged": {
    "title": "دفتر دستگاه‌ها آسیب دیده است",
    "text": "{file}: {reason}.",
    "fix": "Banyan را دوباره روشن کنید: پرونده را کنار می‌گذارد و دفتر تازه‌ای آغاز می‌کند."
  },
  "machines_newer": {
    "title": "دفتر دستگاه‌ها را نسخهٔ تازه‌تری نوشته است",
    "text": "{file} از نسخهٔ {version} است؛ این برنامه تا نسخهٔ {known} را می‌خواند.",
    "fix": "نسخهٔ تازه‌تر را دوباره نصب کنید."
  },
  "no_desktop": {
    "title": "اینجا میز کاری در کار نیست",
    "text": "این کار فقط در پنجرهٔ خود برنامه شدنی است.",
    "fix": "Banyan را روی میز کار همان دستگاه باز کنید."
  },
  "desktop_failed": {
    "title": "میز کار این کار را انجام نداد",
    "text": "پاسخش این بود: {reason}.",
    "fix": "دوباره امتحان کنید."
  },
  "firewall_unchanged": {
    "title": "دیوار آتش باز نشد",
    "text": "{reason}.",
    "fix": "دوباره امتحان کنید یا این دستور را خودتان اجرا کنید: {command}"
  },
  "no_node": {
    "title": "Banyan پاسخ نمی‌دهد",
    "text": "گرهی در حال اجرا نیست یا از اینجا در دسترس نیست.",
    "fix": "Banyan را باز کنید یا `banyan serve` را اجرا کنید."
  },
  "no_network": {
    "title": "شبکه‌ای در دسترس نیست",
    "text": "نه کابلی هست نه وای‌فای، یا فقط رابط‌هایی هست که به عمد کنار گذاشته می‌شوند.",
    "fix": "دستگاه را به شبکه وصل کنید یا رابطی را در network.interfaces نام ببرید."
  },
  "ipv6_only": {
    "title": "فقط نشانی IPv6",
    "text": "پیدا شدن با پخش همگانی به نشانی IPv4 نیاز دارد؛ بقیهٔ کارها برقرار است.",
    "fix": ""
  },
  "clock_wrong": {
    "title": "ساعت نادرست است",
    "text": "این دستگاه گمان می‌کند سال {year} است. زمان‌هایی که اینجا می‌بینید هم نادرست‌اند.",
    "fix": "ساعت را تنظیم کنید یا بگذارید سیستم زمان را بگیرد."
  },
  "port_moved": {
    "title": "درگاه {wanted} گرفته شده بود",
    "text": "برنامهٔ دیگری از آن استفاده می‌کند، پس Banyan تا اجرای بعدی از {got} استفاده می‌کند ({key}).",
    "fix": ""
  },
  "key_in_file": {
    "title": "کلید محرمانه در یک پرونده است",
    "text": "دسته‌کلیدی در دسترس نبود: {reason}. پرونده را فقط شما می‌توانید بخوانید.",
    "fix": ""
  },
  "log_folder_unwritable": {
    "title": "گزارش رویدادها نوشته نمی‌شود",
    "text": "{folder}: {reason}. تازه‌ترین سطرها فقط در حافظه می‌مانند.",
    "fix": "مجوزهای پوشه و فضای خالی را بررسی کنید."
  },
  "machines_set_aside": {
    "title": "دفتر دستگاه‌ها آسیب دیده بود",
    "text": "اکنون در {file} است و دفتر تازه‌ای خالی آغاز شد: دوباره با دستگاه‌هایتان جفت شوید.",
    "fix": "اگر می‌خواهید کسی آن را ببیند پرونده را نگه دارید؛ وگرنه دوباره جفت شوید."
  },
  "mesh_key_replaced": {
    "title": "کلید شبکهٔ داده‌شده جایگزین شده است",
    "text": "{origin} کلیدی دارد که دیگر اعتماد تازه‌ای نمی‌سازد. این دستگاه کلید تازه‌تر را به کار می‌برد.",
    "fix": "کلید تازه را آنجا بگذارید یا کلید کهنه را بردارید."
  },
  "task_restarted": {
    "title": "بخشی از Banyan دوباره اجرا شد",
    "text": "{task} از کار افتاد و دوباره به راه افتاد.",
    "fix": "اگر تکرار شد، گزارشِ بخش عیب‌یابی را کپی کنید."
  },
  "task_failed": {
    "title": "بخشی از Banyan خاموش مانده است",
    "text": "{task} پیاپی از کار افتاد.",
    "fix": "Banyan را دوباره اجرا کنید. اگر تکرار شد، گزارشِ بخش عیب‌یابی را کپی کنید."
  },
  "data_folder_good": {
    "title": "پوشهٔ داده روبه‌راه است",
    "text": "در {folder} می‌توان نوشت و فقط از آنِ شماست.",
    "fix": ""
  },
  "data_folder_unwritable": {
    "title": "در پوشهٔ داده نمی‌توان نوشت",
    "text": "{folder}: {reason}.",
    "fix": "مالک، مجوزها و فضای خالی را بررسی کنید."
  },
  "data_folder_exposed": {
    "title": "دیگران می‌توانند پوشهٔ داده را ببینند",
    "text": "مجوزهای {folder} راه را برای کاربران دیگر این دستگاه باز گذاشته است.",
    "fix": "`chmod 700` را روی آن اجرا کنید."
  },
  "disk_space_good": {
    "title": "روی دیسک جا هست",
    "text": "{free} خالی است.",
    "fix": ""
  },
  "disk_space_low": {
    "title": "دیسک رو به پر شدن است",
    "text": "{free} مانده است.",
    "fix": "کمی جا باز کنید؛ اگر جایی نماند Banyan چیزی نمی‌نویسد."
  },
  "disk_space_unknown": {
    "title": "فضای خالی معلوم نیست",
    "text": "پاسخ سیستم: {reason}.",
    "fix": ""
  },
  "configuration_good": {
    "title": "پیکربندی درست خوانده شد",
    "text": "{file}",
    "fix": ""
  },
  "configuration_broken": {
    "title": "پیکربندی دیگر خوانده نمی‌شود",
    "text": "{file}: {reason}. Banyan با آنچه هنگام آغاز خوانده بود ادامه می‌دهد.",
    "fix": "پیش از اجرای بعدی پرونده را درست کنید."
  },
  "configuration_unknown_keys": {
    "title": "در پیکربندی نام‌هایی هست که خوانده نمی‌شوند",
    "text": "{file}: {keys}.",
    "fix": "شاید غلط تایپی باشد؛ `banyan config` همهٔ نام‌ها را نشان می‌دهد."
  },
  "identity_in_keyring": {
    "title": "هویت در دسته‌کلید در امان است",
    "text": "کلید محرمانه در دسته‌کلید سیستم است.",
    "fix": ""
  },
  "identity_in_file": {
    "title": "هویت در یک پرونده است",
    "text": "کلید محرمانه در {file} است و فقط شما می‌توانید آن را بخوانید.",
    "fix": ""
  },
  "network_good": {
    "title": "شبکه آمادهٔ کار است",
    "text": "{addresses}",
    "fix": ""
  },
  "network_absent": {
    "title": "شبکه‌ای در دسترس نیست",
    "text": "هیچ رابط به‌دردخوری روشن نیست.",
    "fix": "کابل یا وای‌فای را وصل کنید. ظرف‌ها، ماشین‌های مجازی و تونل‌ها کنار گذاشته می‌شوند مگر network.interfaces از آن‌ها نام ببرد."
  },
  "network_chosen_absent": {
    "title": "شبکهٔ برگزیده در دسترس نیست",
    "text": "هیچ‌یک از این رابط‌ها روشن نیست: {interfaces}.",
    "fix": "یکی از آن‌ها را وصل کنید یا network.interfaces را خالی کنید تا هر رابط مناسبی به کار رود."
  },
  "network_ipv6_only": {
    "title": "فقط نشانی IPv6",
    "text": "پیدا شدن با پخش همگانی به نشانی IPv4 نیاز دارد.",
    "fix": "بگذارید شبکه نشانی IPv4 هم بدهد."
  },
  "network_unknown": {
    "title": "شبکه را نمی‌توان بررسی کرد",
    "text": "پاسخ سیستم: {reason}.",
    "fix": ""
  },
  "http_good": {
    "title": "صفحه در دسترس است",
    "text": "{address}",
    "fix": ""
  },
  "http_off": {
    "title": "صفحه خاموش است",
    "text": "مرورگرها و برنامه‌های دیگرِ این دستگاه به Banyan دسترسی ندارند.",
    "fix": "اگر می‌خواهیدش http.enabled را روشن کنید."
  },
  "http_absent": {
    "title": "صفحه در دسترس نیست",
    "text": "باید در {address} باشد.",
    "fix": "Banyan را دوباره اجرا کنید؛ گزارش رویدادها علت را می‌گوید."
  },
  "http_unreachable": {
    "title": "صفحه پاسخ نمی‌دهد",
    "text": "{address}: {reason}.",
    "fix": "شاید برنامهٔ دیگری آن نشانی را گرفته باشد. Banyan را دوباره اجرا کنید یا درگاه دیگری برگزینید."
  },
  "clock_good": {
    "title": "ساعت زمان درستی نشان می‌دهد",
    "text": "{now}",
    "fix": ""
  },
  "clock_never_set": {
    "title": "ساعت هرگز تنظیم نشده است",
    "text": "این دستگاه گمان می‌کند سال {year} است.",
    "fix": "ساعت را تنظیم کنید یا بگذارید سیستم زمان را بگیرد."
  },
  "firewall_none": {
    "title": "دیوار آتش شناخته‌شده‌ای روشن نیست",
    "text": "از ufw، firewalld و دیوارهای آتش Windows و macOS هیچ‌کدام روشن نیست. قاعده‌های دیگر، مانند قاعده‌های nftables، دیده نمی‌شوند.",
    "fix": ""
  },
  "firewall_open": {
    "title": "دیوار آتش به Banyan راه می‌دهد",
    "text": "{firewall} درگاه‌های Banyan را باز گذاشته است.",
    "fix": ""
  },
  "firewall_closed": {
    "title": "دیوار آتش جلوی دستگاه‌های دیگر را گرفته است",
    "text": "{firewall} درگاه‌های Banyan را بسته است.",
    "fix": "با دکمه بازش کنید یا این دستور را اجرا کنید: {command}"
  },
  "firewall_unclear": {
    "title": "یک دیوار آتش روشن است",
    "text": "{firewall} نمی‌گوید به Banyan راه می‌دهد یا نه.",
    "fix": "اگر دستگاه‌های دیگر به این یکی نمی‌رسند، این دستور را اجرا کنید: {command}"
  },
  "ollama_absent": {
    "title": "Ollama روی این دستگاه پاسخ نمی‌دهد",
    "text": "در {address} چیزی پاسخ نمی‌دهد.",
    "fix": "این نسخه از Banyan هنوز نمی‌تواند از Ollama بپرسد؛ نسخهٔ بعدی می‌تواند. برای آمادگی، Ollama را از ollama.com نصب و اجرا کنید یا نشانی‌اش را در تنظیمات بنویسید."
  },
  "ollama_broken": {
    "title": "چیزی پاسخ می‌دهد، اما Ollama نیست",
    "text": "پاسخ {address} برای Banyan فهمیدنی نیست: {reason}.",
    "fix": "ببینید کدام برنامه آن درگاه را گرفته است یا نشانی Ollama را در تنظیمات بنویسید."
  },
  "ollama_unused": {
    "title": "Ollama اینجا در حال اجراست",
    "text": "نسخهٔ {version} در {address} پاسخ می‌دهد و {models} مدل دارد. این نسخه از Banyan هنوز نمی‌تواند از آن بپرسد؛ نسخهٔ بعدی می‌تواند.",
    "fix": ""
  },
  "tray_running": {
    "title": "Banyan روی {name}",
    "text": "",
    "fix": ""
  },
  "tray_starting": {
    "title": "Banyan در حال آغاز است",
    "text": "",
    "fix": ""
  },
  "tray_stopping": {
    "title": "Banyan در حال پایان است",
    "text": "",
    "fix": ""
  },
  "tray_service": {
    "title": "Banyan به شکل سرویس اجراست",
    "text": "",
    "fix": ""
  },
  "tray_open": {
    "title": "باز کردن Banyan",
    "text": "",
    "fix": ""
  },
  "tray_settings": {
    "title": "تنظیمات",
    "text": "",
    "fix": ""
  },
  "tray_quit": {
    "title": "بستن Banyan",
    "text": "",
    "fix": ""
  },
  "trouble_again": {
    "title": "تلاش دوباره",
    "text": "",
    "fix": ""
  },
  "tray_hint": {
    "title": "Banyan در سینی سیستم می‌ماند",
    "text": "با بستن پنجره، این دستگاه در شبکه می‌ماند.",
    "fix": "از نشان آن در سینی سیستم بازش کنید یا ببندیدش."
  },
  "no_tray": {
    "title": "این میزکار نشانی در سینی سیستم نشان نمی‌دهد",
    "text": "برای همین، بستن پنجره Banyan را می‌بندد.",
    "fix": "میزکارهایی مانند GNOME با افزونه‌ای به نام AppIndicator نشانش می‌دهند."
  },
  "node_restarted": {
    "title": "Banyan خودش را از نو آغاز کرد",
    "text": "بخشی از آن پی‌درپی از کار می‌افتاد ({reason}). آنچه ذخیره شده بود سالم است.",
    "fix": "اگر باز هم رخ داد، گزارش را از «عیب‌یابی» کپی کنید."
  },
  "node_failed": {
    "title": "Banyan پی‌درپی از کار می‌افتد",
    "text": "یک بار از نو آغاز شد و باز از کار افتاد: {reason}. آنچه ذخیره شده بود سالم است.",
    "fix": "دوباره تلاش کنید. اگر کمک نکرد، آخرین خط‌های گزارش رویدادها را برای ما بفرستید."
  },
  "window_restarted": {
    "title": "پنجره از نو باز شد",
    "text": "صفحهٔ آن از کار افتاده بود. خود Banyan ادامه داد.",
    "fix": ""
  },
  "window_failed": {
    "title": "صفحه پی‌درپی از کار می‌افتد",
    "text": "پس از باز شدن دوبارهٔ پنجره باز هم از کار افتاد. خود Banyan ادامه می‌دهد.",
    "fix": "دوباره تلاش کنید یا صفحه را در مرورگر باز کنید: `banyan link --open`."
  },
  "notification_test": {
    "title": "اعلان‌ها می‌رسند",
    "text": "اعلان Banyan این شکلی است.",
    "fix": ""
  },
  "no_display": {
    "title": "نمایشگری برای باز کردن پنجره نیست",
    "text": "نه WAYLAND_DISPLAY تنظیم شده است و نه DISPLAY.",
    "fix": "برای گره بدون پنجره `banyan serve` را اجرا کنید یا این برنامه را از یک میزکار باز کنید."
  }
},
};
