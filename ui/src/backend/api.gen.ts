// Generated from crates/api by `cargo xtask gen`. Do not edit.
/* eslint-disable */

/**
 * Why a call failed: a code from a closed list with what the sentence needs.
 * Interfaces branch on the code and never on text.
 */
export type ApiError = { code: Code, params: { [key in string]: string }, 
/**
 * The same call may succeed later.
 */
retryable: boolean, };

/**
 * The closed list of what can go wrong across the edge.
 */
export type Code = "unknown_call" | "bad_params" | "internal" | "stopping" | "unauthorized" | "link_spent" | "too_many" | "foreign_caller" | "too_large" | "unknown_path" | "wrong_method" | "reserved_path" | "unknown_setting" | "bad_setting" | "bad_config_value" | "bad_config_values" | "setting_read_only" | "config_unreadable" | "config_syntax" | "config_unwritable" | "no_home" | "data_unwritable" | "disk_full" | "data_locked" | "keyring_locked" | "keyring_unreachable" | "identity_damaged" | "identity_exposed" | "port_taken" | "address_unusable" | "unknown_peer" | "ambiguous_peer" | "bad_address" | "address_needs_interface" | "no_such_host" | "pairing_under_way" | "no_pairing" | "reach_refused" | "reach_no_answer" | "reach_no_way" | "reach_far" | "reach_other_device" | "reach_ourselves" | "reach_turned_away" | "reach_broken" | "reach_no_address" | "bad_ticket" | "ticket_is_mine" | "ticket_is_team" | "invitation_kind" | "not_welcome" | "person_not_kept" | "bad_mesh_key" | "mesh_key_unread" | "mesh_keys_unusable" | "not_trusted" | "blocked" | "not_allowed" | "denied" | "open_policy_only" | "policy_closed" | "mesh_key_unknown" | "mesh_key_retired" | "mesh_key_known" | "invitation_unknown" | "invitation_expired" | "invitation_used" | "too_many_invitations" | "too_many_devices" | "not_known" | "not_blocked" | "no_other_name" | "term_over" | "no_request" | "asked_already" | "asked_too_soon" | "words_wrong" | "person_frozen" | "person_left_behind" | "person_not_mine" | "machines_unwritable" | "machines_busy" | "machines_damaged" | "machines_newer" | "nobody_answers" | "waited_too_long" | "too_many_questions" | "answer_refused" | "model_name_wrong" | "nothing_asked" | "question_too_large" | "backend_address_wrong" | "backend_name_wrong" | "backend_key_wrong" | "backend_leaves_lan" | "backend_key_in_clear" | "backend_known" | "backend_unknown" | "backend_built_in" | "too_many_backends" | "backend_key_not_kept" | "backend_failed" | "model_not_here" | "nobody_pulls" | "too_many_pulls" | "pull_unknown" | "model_being_pulled" | "model_answering" | "not_written" | "no_desktop" | "desktop_failed" | "firewall_unchanged" | "no_node";

/**
 * A machine with its identity.
 */
export type Machine = { 
/**
 * The device id in full: base32 in groups of four.
 */
id: string, 
/**
 * The first eight characters of the id.
 */
short_id: string, 
/**
 * The public key in hexadecimal; its sigil is drawn from this.
 */
key: string, name: string, 
/**
 * The short id of the person who owns it.
 */
person: string, 
/**
 * "linux", "macos", "windows", …
 */
os: string, 
/**
 * "x86_64", "aarch64", …
 */
arch: string, 
/**
 * Where its secret key lies; known only for this machine.
 */
key_store: KeyStore | null, this_machine: boolean, };

export type KeyStore = "keyring" | "file";

export type Rename = { name: string, };

/**
 * Another machine: one that is near, or one about which something was decided.
 */
export type Peer = { 
/**
 * The device id in full: base32 in groups of four.
 */
id: string, 
/**
 * The first eight characters of the id.
 */
short_id: string, 
/**
 * The public key in hexadecimal; its sigil is drawn from this.
 */
key: string, 
/**
 * As it was when somebody here decided about it, or as it calls itself;
 * nothing while it was only heard.
 */
name: string | null, 
/**
 * What it calls itself now, where that is something else.
 */
offered_name: string | null, form: PeerForm, 
/**
 * The short id of the person who owns it, where that was proven.
 */
person: string | null, state: PeerState, 
/**
 * Only of a trusted machine.
 */
relation: Relation | null, 
/**
 * What trust rests on; only of a trusted machine.
 */
origin: TrustOrigin | null, 
/**
 * RFC 3339; only of a trusted machine.
 */
trusted_since: string | null, presence: PeerPresence, activity: PeerActivity, 
/**
 * Where it was met, such as `192.168.1.20:7878`; where to dial first stands first.
 */
addresses: Array<string>, 
/**
 * RFC 3339; nothing while no session is up.
 */
session_since: string | null, 
/**
 * Where the session goes to.
 */
session_address: string | null, rtt_ms: number | null, 
/**
 * It says that it offers models.
 */
has_llm: boolean, 
/**
 * RFC 3339.
 */
last_seen: string | null, 
/**
 * How far its clock is ahead of ours, in seconds. Harms nothing.
 */
clock_ahead_seconds: number | null, 
/**
 * It says that it trusts this machine.
 */
trusts_us: boolean, 
/**
 * It announces a mesh key that is not ours.
 */
other_mesh: boolean, 
/**
 * What it may do here; empty unless it is trusted.
 */
permissions: Array<PeerPermission>, quota: PeerQuota | null, pairing: Pairing | null, 
/**
 * Why it was not reached at the latest attempt.
 */
trouble: PeerTrouble | null, };

export type PeerForm = "desktop" | "laptop" | "server" | "unknown";

export type PeerState = "discovered" | "pending" | "trusted" | "blocked";

export type Relation = "mine" | "other";

export type TrustOrigin = "pairing" | "mesh_key" | "invitation" | "open_network";

export type PeerPresence = "connected" | "nearby" | "away";

/**
 * What it is doing for us, as a worker.
 */
export type PeerActivity = "free" | "answering" | "away";

/**
 * One permission of one machine.
 */
export type PeerPermission = { permission: Permission, allowed: boolean, 
/**
 * Nobody said anything about it; this is what is usual for such a machine.
 */
usual: boolean, term: Term, 
/**
 * RFC 3339, where the term is `until`.
 */
until: string | null, 
/**
 * Of `llm.use`, where it is allowed.
 */
llm: LlmLimits | null, 
/**
 * Of `files.read`, where only some folders are meant.
 */
folders: Array<string> | null, };

export type Permission = "llm.use" | "files.read" | "models.copy" | "admin";

export type Term = "always" | "until" | "once";

export type LlmLimits = { 
/**
 * Nothing means all that are shared.
 */
models: Array<string> | null, 
/**
 * Of one answer.
 */
max_tokens: number | null, requests_per_minute: number, 
/**
 * Answers at the same time.
 */
concurrency: number, };

/**
 * How much a machine may cost this one.
 */
export type PeerQuota = { messages_per_minute: number, storage_bytes: number, };

/**
 * A pairing under way, or how the latest one ended.
 */
export type Pairing = { 
/**
 * Who wanted it.
 */
asked_by: PairingSide, step: PairingStep, 
/**
 * Six digits, while the codes are compared.
 */
code: string | null, 
/**
 * How it ended; only in the step `ended`.
 */
outcome: PairingOutcome | null, 
/**
 * RFC 3339: when it is given up unless something happens.
 */
ends_at: string | null, };

export type PairingSide = "here" | "there";

export type PairingStep = "waiting" | "requested" | "opened" | "compare" | "confirmed" | "ended";

export type PairingOutcome = "paired" | "codes_differ" | "codes_differ_there" | "cancelled" | "timed_out" | "broken" | "not_reached" | "too_often" | "not_kept";

/**
 * Why a machine was not reached.
 */
export type PeerTrouble = { error: ApiError, address: string, 
/**
 * RFC 3339.
 */
at: string, };

export type PeerOccasion = "nearby" | "pairing_request" | "access_request" | "access_answer" | "models" | "models_gone";

/**
 * Names a machine: its id, the beginning of its id (four characters or more),
 * or its name where only one has it.
 */
export type PeerRef = { peer: string, };

/**
 * An address `host[:port]`, or a ticket.
 */
export type PeerAddress = { address: string, };

export type PairingAnswer = { peer: string, 
/**
 * The person compared the codes, and they are the same.
 */
same: boolean, 
/**
 * Both machines belong to the same person. Holds only where both say so.
 */
mine: boolean, };

export type PermissionGrant = { peer: string, permission: Permission, term?: Term, 
/**
 * How long from now, where the term is `until`.
 */
minutes?: number, 
/**
 * Of `llm.use`; the usual ones where nothing is said. The page always says
 * all of them.
 */
llm?: LlmLimits, 
/**
 * Of `files.read`; all that are shared where nothing is said.
 */
folders?: Array<string>, };

export type PermissionRef = { peer: string, permission: Permission, };

export type QuotaChange = { peer: string, 
/**
 * Nothing brings back what is usual.
 */
quota: PeerQuota | null, };

/**
 * A request to use models: of another machine to this one, or the other way.
 * The latest one of each machine and way.
 */
export type Access = { 
/**
 * The other machine, in full.
 */
peer: string, name: string, asked_by: AccessSide, 
/**
 * In the words of whoever asked; may be empty.
 */
reason: string, 
/**
 * RFC 3339.
 */
asked: string, state: AccessState, 
/**
 * RFC 3339; until when it may be used, only in the state `until`.
 */
until: string | null, 
/**
 * In the words of whoever answered; may be empty.
 */
words: string, 
/**
 * RFC 3339; nothing while it is open.
 */
answered: string | null, 
/**
 * RFC 3339; when nobody can answer it any more, only while it is open.
 */
expires: string | null, 
/**
 * RFC 3339; before this it cannot be asked again.
 */
again: string | null, };

export type AccessSide = "them" | "us";

export type AccessState = "open" | "always" | "until" | "once" | "no" | "expired" | "withdrawn";

/**
 * Asks the person of a machine.
 */
export type AccessAsk = { 
/**
 * Its name, an address or the beginning of its id.
 */
peer: string, 
/**
 * A line for its person; at most 300 characters.
 */
reason?: string, };

/**
 * Answers what a machine asked.
 */
export type AccessAnswer = { 
/**
 * Its name, an address or the beginning of its id.
 */
peer: string, answer: AccessChoice, 
/**
 * A line for its person; at most 300 characters.
 */
words?: string, };

export type AccessChoice = "always" | "today" | "once" | "no";

/**
 * Which entries of the audit log to read.
 */
export type AuditQuery = { 
/**
 * The last entry of the page before.
 */
before?: number, 
/**
 * Only what is about this machine.
 */
peer?: string, limit?: number, };

/**
 * Something that was decided, refused or handed out.
 */
export type AuditEntry = { id: number, 
/**
 * RFC 3339.
 */
at: string, 
/**
 * A word such as `paired`; the sentence is made from it and the details.
 */
kind: string, 
/**
 * The short id of the machine.
 */
peer: string | null, 
/**
 * Its name, while it is known.
 */
name: string | null, 
/**
 * The short id of the person.
 */
person: string | null, details: { [key in string]: string }, };

/**
 * What holding a mesh key, or being invited, means.
 */
export type JoinKind = "mine" | "team";

export type TicketWish = { kind: JoinKind, };

/**
 * A ticket that was just made. Whoever holds it can join in place of whom it
 * was for, so it is shown once and never again.
 */
export type Ticket = { 
/**
 * The first eight characters of the id of the invitation.
 */
id: string, kind: JoinKind, text: string, 
/**
 * RFC 3339.
 */
expires_at: string, 
/**
 * The ticket as a QR code: one string for each row, 1 for a dark module.
 * Four light modules belong around it.
 */
qr: Array<string>, };

/**
 * An invitation that is open, or what became of it.
 */
export type Invitation = { 
/**
 * The first eight characters of its id.
 */
id: string, kind: JoinKind, 
/**
 * RFC 3339.
 */
created_at: string, 
/**
 * RFC 3339.
 */
expires_at: string, 
/**
 * The short id of the machine that used it.
 */
redeemed_by: string | null, 
/**
 * RFC 3339.
 */
redeemed_at: string | null, };

/**
 * Names an invitation or a mesh key by the first characters of its id.
 */
export type JoinRef = { id: string, };

export type TicketUse = { ticket: string, 
/**
 * The person here knows that both machines become one person's.
 */
mine?: boolean, };

/**
 * A mesh key that this machine holds; its secret is not shown.
 */
export type MeshKey = { 
/**
 * The first eight characters of its id.
 */
id: string, kind: JoinKind, 
/**
 * RFC 3339.
 */
created_at: string, 
/**
 * RFC 3339: replaced, and no new machine is trusted through it.
 */
retired_at: string | null, 
/**
 * RFC 3339: when trust that still rests on it ends.
 */
grace_until: string | null, 
/**
 * The short ids of the machines whose trust rests on it.
 */
devices: Array<string>, };

export type MeshKeyWish = { kind: JoinKind, };

/**
 * A mesh key that was just made, and that this machine holds now.
 */
export type MeshKeyMade = { 
/**
 * The first eight characters of its id.
 */
id: string, kind: JoinKind, 
/**
 * A secret: it is shown once.
 */
key: string, };

export type MeshKeyText = { key: string, };

/**
 * A mesh key that replaced another.
 */
export type MeshKeyRotated = { 
/**
 * The first eight characters of the id of the new key.
 */
id: string, 
/**
 * The new key, to hand over to machines that were not connected. A secret:
 * it is shown once.
 */
key: string, 
/**
 * The short ids of the machines that are trusted through the old key.
 */
devices: Array<string>, 
/**
 * RFC 3339: until when those stay trusted without the new one.
 */
grace_until: string | null, };

/**
 * One setting as a person sees it.
 */
export type Setting = { 
/**
 * Its name in the configuration file, such as `network.udp_port`.
 */
key: string, value: SettingValue, default: SettingValue, kind: SettingKind, source: SettingSource, 
/**
 * The file, variable or flag behind `source`; empty for a default.
 */
origin: string, 
/**
 * The environment variable that sets it.
 */
variable: string, 
/**
 * Set by environment or flag: the file would change nothing.
 */
read_only: boolean, 
/**
 * A change takes effect at the next start.
 */
needs_restart: boolean, 
/**
 * Changed since the start and waiting for the next one.
 */
waiting: boolean, 
/**
 * False where the part of Banyan that obeys it is still being built.
 */
in_force: boolean, };

export type SettingValue = boolean | number | string | Array<string>;

/**
 * What a value may be.
 */
export type SettingKind = { "type": "bool" } | { "type": "number", min: number, max: number, unit: Unit, } | { "type": "decimal", max_hundredths: number, } | { "type": "choice", options: Array<string>, } | { "type": "text", min_chars: number, max_chars: number, } | { "type": "address" } | { "type": "url" } | { "type": "list", max_items: number, max_chars: number, };

export type Unit = "count" | "port" | "seconds" | "bytes" | "percent";

/**
 * Later wins.
 */
export type SettingSource = "default" | "file" | "environment" | "flag";

export type SettingChange = { key: string, value: SettingValue, };

export type SettingKey = { key: string, };

/**
 * What this node is and how it is doing.
 */
export type Status = { version: string, 
/**
 * The commit it was built from, or "unknown".
 */
commit: string, state: NodeState, machine: Machine, 
/**
 * RFC 3339, UTC.
 */
started_at: string, uptime_seconds: number, data_folder: string, config_file: string, log_folder: string, 
/**
 * The page and the api for other programs; absent where it is switched off.
 */
http: Http | null, ports: Ports, interfaces: Array<Interface>, resources: Resources, 
/**
 * What a person should know, most important first.
 */
notices: Array<Notice>, };

export type NodeState = "starting" | "ready" | "stopping";

export type Http = { 
/**
 * Where it listens, as `host:port`.
 */
address: string, 
/**
 * The address of the page.
 */
page: string, };

/**
 * The ports of the mesh that are in use now.
 */
export type Ports = { tcp: number, udp: number, };

export type Resources = { memory_bytes: number, machine_memory_bytes: number, machine_memory_free_bytes: number, 
/**
 * Of one core, over the last interval of measurement.
 */
cpu_percent: number, cores: number, 
/**
 * Of the disk that holds the data folder, where it can be told.
 */
disk_free_bytes: number | null, 
/**
 * Calls that failed, of all calls of the last hour, in percent.
 */
error_percent: number, calls_last_hour: number, errors_last_hour: number, };

/**
 * Something a person should know. The sentence is made by the interface from
 * `code` and `params`.
 */
export type Notice = { code: string, level: Level, params: { [key in string]: string }, };

export type Level = "info" | "warning" | "problem";

/**
 * The outcome of an examination.
 */
export type Diagnostics = { status: Status, checks: Array<Check>, firewall: Firewall, network: NetworkReport, };

/**
 * One thing that was looked at.
 */
export type Check = { id: CheckId, outcome: Outcome, 
/**
 * What was found, as a code with parameters; the interface makes the sentence.
 */
finding: Notice, 
/**
 * What a person could type to mend it.
 */
command: string | null, };

export type CheckId = "data_folder" | "disk_space" | "configuration" | "identity" | "http" | "clock" | "network" | "ports" | "announcements" | "machines" | "incoming" | "mesh_keys" | "clocks" | "firewall" | "backends";

export type Outcome = "good" | "warning" | "problem";

/**
 * What is open towards the network, and what went over it since the start.
 */
export type NetworkReport = { 
/**
 * In use.
 */
ports: Ports, 
/**
 * Announcements go through mDNS too.
 */
mdns: boolean, 
/**
 * Those in use first.
 */
interfaces: Array<InterfaceReport>, 
/**
 * Packets and connections that came from outside the local network.
 */
refused: number, };

/**
 * What went over one interface.
 */
export type InterfaceReport = { name: string, 
/**
 * With prefix length, such as `192.168.1.20/24`.
 */
addresses: Array<string>, used: boolean, skipped_because: SkippedBecause | null, 
/**
 * The same through mDNS; nothing while that is off.
 */
mdns: Traffic | null, sent: number, 
/**
 * Of other machines.
 */
heard: number, 
/**
 * RFC 3339.
 */
last_heard: string | null, 
/**
 * The latest failure, until something is sent again.
 */
error: Notice | null, 
/**
 * RFC 3339.
 */
error_at: string | null, };

export type SkippedBecause = "down" | "loopback" | "point_to_point" | "container" | "not_chosen" | "public" | "alone";

export type Traffic = { sent: number, 
/**
 * Of other machines.
 */
heard: number, 
/**
 * RFC 3339.
 */
last_heard: string | null, 
/**
 * The latest failure, until something is sent again.
 */
error: Notice | null, 
/**
 * RFC 3339.
 */
error_at: string | null, };

/**
 * A network interface of this machine.
 */
export type Interface = { name: string, kind: InterfaceKind, 
/**
 * With prefix length, such as `192.168.1.20/24`.
 */
addresses: Array<string>, 
/**
 * The mesh would use it.
 */
usable: boolean, };

export type InterfaceKind = "lan" | "loopback" | "point_to_point" | "container";

export type Firewall = { kind: FirewallKind, 
/**
 * Whether it lets Banyan's ports in; unknown where it cannot be asked.
 */
open: boolean | null, 
/**
 * What a person would type to open it; empty where nothing needs opening.
 */
command: string, 
/**
 * Whether `firewall.open` can do it from here.
 */
can_open: boolean, };

export type FirewallKind = "none" | "ufw" | "firewalld" | "nftables" | "windows" | "macos" | "unknown";

export type FirewallChange = { firewall: Firewall, };

export type Report = { text: string, };

export type LogQuery = { level: LogLevel, limit: number, };

/**
 * One line of the log; repetitions are counted, not repeated.
 */
export type LogLine = { 
/**
 * RFC 3339, UTC; of the latest repetition.
 */
at: string, level: LogLevel, target: string, message: string, fields: { [key in string]: string }, count: number, };

export type LogLevel = "debug" | "info" | "warn" | "error";

/**
 * Whether anything could answer a question now.
 */
export type ChatReadiness = { ready: boolean, 
/**
 * Why not, one entry for each place that was considered.
 */
reasons: Array<Notice>, };

/**
 * A question with what was said before it.
 */
export type ChatAsk = { messages: Array<ChatMessage>, 
/**
 * Nothing: the best there is.
 */
model?: string, 
/**
 * What the asker calls the conversation this belongs to: at most 128
 * characters. The machine that was asked in it before still has it in memory.
 */
conversation?: string, 
/**
 * `auto`, `here`, or a machine by name, address or the beginning of its id.
 */
place?: string, 
/**
 * The person agrees that the question leaves the local network; only for a
 * model that is named.
 */
may_leave_lan?: boolean, options?: ChatOptions, };

export type ChatMessage = { role: ChatRole, content: string, 
/**
 * Pictures in base64, or as `data:` addresses.
 */
images?: Array<string>, };

export type ChatRole = "system" | "user" | "assistant";

/**
 * How a model is to write. What is not said is left to the model.
 */
export type ChatOptions = { temperature?: number, top_k?: number, top_p?: number, 
/**
 * Tokens that prompt and answer may have together.
 */
context?: number, 
/**
 * The longest answer.
 */
most_tokens?: number, };

/**
 * A piece of an answer. `done` or `failed` is the last.
 */
export type ChatPiece = { "kind": "waits", machine: string, ahead: number, eta_ms: number, } | { "kind": "begins", from: AnswerPlace, carry: Carry, kept: string, why: Why, } | { "kind": "text", text: string, } | { "kind": "thinking", text: string, } | { "kind": "done", from: AnswerPlace, 
/**
 * It ended because it may not be longer.
 */
cut: boolean, figures: AnswerFigures, why: Why, } | { "kind": "failed", error: ApiError, why: Why, };

/**
 * Where an answer is written.
 */
export type AnswerPlace = { 
/**
 * The id of the machine.
 */
machine: string, name: string, this_machine: boolean, model: string, };

/**
 * What the server of the model measured, and what was seen from here.
 */
export type AnswerFigures = { tokens: number | null, tokens_per_second: number | null, prompt_tokens: number | null, load_ms: number | null, 
/**
 * From the question to the first word, as seen from here.
 */
first_word_ms: number | null, total_ms: number, };

/**
 * What becomes of the words that are there already.
 */
export type Carry = "nothing" | "continue" | "restart";

/**
 * Why an answer comes from where it comes.
 */
export type Why = { model: string | null, 
/**
 * How the model was found: `named`, `conversation`, `default`,
 * `largest_comfortable` or `soonest`.
 */
rule: string | null, 
/**
 * All machines that were thought of, the best first, then those dropped.
 */
candidates: Array<Candidate>, 
/**
 * What was tried and did not work, in order.
 */
tried: Array<Tried>, };

export type Candidate = { machine: string, name: string, model: string | null, chosen: boolean, 
/**
 * How long it would take there; nothing where it was dropped.
 */
estimate: Estimate | null, 
/**
 * The code of the reason, where it was dropped.
 */
dropped: string | null, };

/**
 * In milliseconds.
 */
export type Estimate = { total: number, wait: number, load: number, prefill: number, decode: number, };

export type Tried = { machine: string, name: string, 
/**
 * The code of the problem.
 */
problem: string, 
/**
 * In the words of the server of the model, where it said something.
 */
words: string | null, };

/**
 * All that is known about models: here, and on other machines.
 */
export type ModelsView = { 
/**
 * Whether other machines may use the models of this one, as far as each is allowed to.
 */
sharing: boolean, 
/**
 * What serves models on this machine.
 */
backends: Array<Backend>, 
/**
 * What can be asked of this machine now.
 */
here: Array<Model>, 
/**
 * What connected machines offer to this one.
 */
elsewhere: Array<MachineModels>, 
/**
 * Who is answered here and who waits, in that order.
 */
line: Array<InLine>, 
/**
 * What went between this machine and others, since the node started.
 */
traffic: Array<MachineTraffic>, };

/**
 * What went between this machine and one other about models. The entry of this
 * machine counts what it asked of itself.
 */
export type MachineTraffic = { 
/**
 * The id of the machine.
 */
peer: string, name: string, 
/**
 * Messages, without the words of questions and answers.
 */
messages_sent: number, messages_heard: number, 
/**
 * Questions of this machine that the other began to answer.
 */
asked: TrafficCount, 
/**
 * Questions of the other that were begun here.
 */
served: TrafficCount, };

export type TrafficCount = { questions: number, 
/**
 * Of the questions.
 */
tokens_read: number, 
/**
 * Of the answers.
 */
tokens_written: number, };

/**
 * A server of models on this machine, or one that its owner named.
 */
export type Backend = { 
/**
 * What it is called, here and in calls.
 */
id: string, kind: BackendKind, address: string | null, 
/**
 * Added by a person, who may remove it again.
 */
by_hand: boolean, 
/**
 * A key is kept for it; nothing shows it.
 */
has_key: boolean, standing: BackendStanding, 
/**
 * RFC 3339: since when that is so.
 */
since: string, version: string | null, models: number, 
/**
 * The last thing that went wrong, in the words of the server or the system.
 */
trouble: string | null, 
/**
 * What is asked of it leaves the local network: it is never asked by itself,
 * and never shared.
 */
leaves_lan: boolean, 
/**
 * It can download models, and delete them.
 */
manages_models: boolean, };

export type BackendStanding = "unknown" | "up" | "down" | "silent" | "broken";

export type BackendKind = "ollama" | "open_ai" | "embedded";

/**
 * A server to be asked from now on.
 */
export type BackendNew = { 
/**
 * Such as `http://127.0.0.1:1234/v1`; `http` is meant where nothing is said.
 */
address: string, 
/**
 * What to call it; without it, as its address.
 */
name?: string, 
/**
 * What it wants to be shown; kept in the keyring and shown nowhere.
 */
key?: string, 
/**
 * The person agrees that what is asked of it leaves the local network.
 */
leaves_lan?: boolean, };

/**
 * A server to be looked at before it is added or changed. Nothing of it is kept.
 */
export type BackendTry = { address: string, key?: string, leaves_lan?: boolean, 
/**
 * The server that is to become this one; its key is used where that may be.
 */
instead_of?: string, };

/**
 * What a server that was added by hand is from now on.
 */
export type BackendChange = { id: string, address: string, 
/**
 * Without it, as before.
 */
name?: string, 
/**
 * Without it the key stays, as long as the address leads to the same
 * machine and port; no other is shown it.
 */
key?: string, 
/**
 * Its key is forgotten.
 */
forget_key?: boolean, leaves_lan?: boolean, };

export type BackendRef = { id: string, };

export type BackendLook = { id: string, 
/**
 * Also asks a question of one token, which costs its server a little work,
 * and elsewhere perhaps money.
 */
ask?: boolean, };

/**
 * What a look at a server showed.
 */
export type BackendLooked = { id: string, 
/**
 * How long it took to say something; nothing where it did not.
 */
took_ms: number | null, version: string | null, models: number, 
/**
 * What went wrong, in the words of the server or the system.
 */
trouble: string | null, 
/**
 * Where it was asked something and has a model for it.
 */
answer: BackendAnswer | null, };

/**
 * How a question of one token went.
 */
export type BackendAnswer = { model: string, took_ms: number, trouble: string | null, };

/**
 * A model of this machine, or one that is to be.
 */
export type ModelRef = { model: string, 
/**
 * The server that has it or is to have it; without it, the one that can.
 */
backend?: string, };

/**
 * Everything its server tells of a model.
 */
export type ModelShown = { model: string, backend: string, family: string | null, 
/**
 * How many parameters it has, as people write it: `4.3B`.
 */
size: string | null, 
/**
 * `Q4_K_M` and the like.
 */
quantisation: string | null, 
/**
 * The longest conversation it was made for, in tokens.
 */
context: number | null, 
/**
 * Numbers in one of its embeddings.
 */
dimensions: number | null, 
/**
 * `chat`, `complete`, `embed`, `vision`, `tools`, `thinking`, `insert`; nothing
 * where the server does not tell.
 */
abilities: Array<string> | null, 
/**
 * What it is run with unless a question says otherwise, a line for each.
 */
parameters: string | null, template: string | null, 
/**
 * What it is told before every conversation.
 */
system: string | null, licence: string | null, };

/**
 * A model that is being downloaded, or was since the node started.
 */
export type Pull = { 
/**
 * The same for every spelling of the model's name.
 */
id: string, 
/**
 * As it was asked for.
 */
model: string, backend: string, state: PullState, 
/**
 * RFC 3339.
 */
began: string, 
/**
 * Of the parts that are known; more may become known.
 */
bytes: number, total_bytes: number, parts: Array<PullPart>, 
/**
 * What the server does that has no measure, in its own words; else empty.
 */
words: string, 
/**
 * Why it waits, or why it failed.
 */
trouble: string | null, };

export type PullState = "running" | "waiting" | "failed" | "done";

export type PullPart = { digest: string, bytes: number, total_bytes: number, };

/**
 * A model as one machine offers it.
 */
export type Model = { name: string, 
/**
 * The same digest is the same model, whatever it is called.
 */
digest: string | null, bytes: number, parameters: number | null, 
/**
 * Tokens that prompt and answer may have together.
 */
context: number, 
/**
 * Made for conversations, and not for embeddings alone.
 */
chats: boolean, 
/**
 * Sees pictures.
 */
sees: boolean, uses_tools: boolean, 
/**
 * Thinks before it answers.
 */
thinks: boolean, embeds: boolean, 
/**
 * In memory, so that it begins at once.
 */
loaded: boolean, leaves_lan: boolean, 
/**
 * Tokens of an answer in a second: measured, or guessed before that.
 */
speed: number | null, };

export type MachineModels = { 
/**
 * The id of the machine.
 */
peer: string, name: string, 
/**
 * Whether this machine may use them.
 */
permitted: boolean, models: Array<Model>, 
/**
 * Questions it answers at the same time, and how many more it could now.
 */
slots: number, free: number, waiting: number, 
/**
 * How long one more would wait.
 */
eta_ms: number, };

/**
 * A question that this machine answers, or that waits for it.
 */
export type InLine = { 
/**
 * Nothing where it is asked on this machine.
 */
peer: string | null, name: string | null, state: InLineState, 
/**
 * Tokens that were written so far.
 */
tokens: number, 
/**
 * How many go first.
 */
ahead: number, eta_ms: number, };

export type InLineState = "running" | "granted" | "waiting";

/**
 * What the desktop around the window offers.
 */
export type DesktopState = { 
/**
 * Whether a tray icon is shown; without one, closing the window quits.
 */
tray: boolean, autostart: boolean, };

export type Autostart = { on: boolean, };

export type OpenPlace = { place: Place, };

export type Place = "data_folder" | "log_folder" | "config_file" | "page";

export type FolderPick = { title: string, };

export type FolderChoice = { 
/**
 * Absent when the person changed their mind.
 */
path: string | null, };

export type SaveReport = { title: string, };

export type ReportSaved = { 
/**
 * Absent when the person changed their mind.
 */
path: string | null, };

/**
 * Something that happened. `seq` rises by one; after a break a listener asks
 * for what came after the last it saw.
 */
export type Event = { seq: number, } & ({ "kind": "resync" } | { "kind": "node_state", state: NodeState, } | { "kind": "machine_changed", machine: Machine, } | { "kind": "setting_changed", setting: Setting, } | { "kind": "notices_changed", notices: Array<Notice>, } | { "kind": "peer_changed", peer: Peer, } | { "kind": "peer_gone", id: string, } | { "kind": "peer_noticed", peer: Peer, occasion: PeerOccasion, } | { "kind": "models_changed" } | { "kind": "access_changed" } | { "kind": "pull_changed", pull: Pull, } | { "kind": "pull_gone", id: string, });

export type Happening = { "kind": "resync" } | { "kind": "node_state", state: NodeState, } | { "kind": "machine_changed", machine: Machine, } | { "kind": "setting_changed", setting: Setting, } | { "kind": "notices_changed", notices: Array<Notice>, } | { "kind": "peer_changed", peer: Peer, } | { "kind": "peer_gone", id: string, } | { "kind": "peer_noticed", peer: Peer, occasion: PeerOccasion, } | { "kind": "models_changed" } | { "kind": "access_changed" } | { "kind": "pull_changed", pull: Pull, } | { "kind": "pull_gone", id: string, };

/** Every call: its name, what it takes, what it answers. */
export interface Calls {
  /** What this node is, how long it has run and how it is doing. */
  "status": { params: null; answer: Status };
  /** The machines this node knows; the first is this one. */
  "machines.list": { params: null; answer: Array<Machine> };
  /** Gives this machine another name. */
  "machines.rename": { params: Rename; answer: Machine };
  /** The other machines: those that are near, and those about which something was decided. */
  "peers.list": { params: null; answer: Array<Peer> };
  /** Goes to an address, and says who is there. */
  "peers.add": { params: PeerAddress; answer: Peer };
  /** Asks a machine for pairing; opens its request where it asked first. */
  "peers.pair": { params: PeerRef; answer: Peer };
  /** Opens a request for pairing, so that both screens show the code. */
  "peers.open": { params: PeerRef; answer: Peer };
  /** Says whether the codes are the same, and whose machine it is. */
  "peers.confirm": { params: PairingAnswer; answer: Peer };
  /** Ends a pairing, or dismisses how the latest one ended. */
  "peers.cancel": { params: PeerRef; answer: Peer };
  /** Blocks a machine: it is neither dialled nor answered. */
  "peers.block": { params: PeerRef; answer: Peer };
  /** Makes a blocked machine a stranger again. */
  "peers.unblock": { params: PeerRef; answer: Peer };
  /** Ends trust, and forgets what was decided about a machine. */
  "peers.forget": { params: PeerRef; answer: Peer };
  /** Allows a trusted machine something here. */
  "peers.allow": { params: PermissionGrant; answer: Peer };
  /** Denies a trusted machine something here. */
  "peers.deny": { params: PermissionRef; answer: Peer };
  /** How much a machine may cost this one. */
  "peers.set_quota": { params: QuotaChange; answer: Peer };
  /** Takes the name that a machine calls itself by now. */
  "peers.adopt_name": { params: PeerRef; answer: Peer };
  /** What was decided, refused and handed out, newest first. */
  "audit.list": { params: AuditQuery; answer: Array<AuditEntry> };
  /** Invites one machine, once, within a day. */
  "tickets.make": { params: TicketWish; answer: Ticket };
  /** The invitations that were made here, newest first. */
  "tickets.list": { params: null; answer: Array<Invitation> };
  /** Withdraws an invitation that is open. */
  "tickets.withdraw": { params: JoinRef; answer: null };
  /** Joins the machine that a ticket invites to. */
  "tickets.redeem": { params: TicketUse; answer: Peer };
  /** The mesh keys that this machine holds, newest first. */
  "mesh.list": { params: null; answer: Array<MeshKey> };
  /** Makes a mesh key and holds it. */
  "mesh.make": { params: MeshKeyWish; answer: MeshKeyMade };
  /** Holds a mesh key: machines that hold the same are trusted. */
  "mesh.add": { params: MeshKeyText; answer: Array<MeshKey> };
  /** Replaces a mesh key by a new one. */
  "mesh.rotate": { params: JoinRef; answer: MeshKeyRotated };
  /** Ends the trust that rests on a mesh key at once. */
  "mesh.remove": { params: JoinRef; answer: null };
  /** Every setting with its value, where that came from and what is allowed. */
  "settings.list": { params: null; answer: Array<Setting> };
  /** Writes one setting to the configuration file. */
  "settings.set": { params: SettingChange; answer: Setting };
  /** Removes one setting from the configuration file, back to its default. */
  "settings.reset": { params: SettingKey; answer: Setting };
  /** Examines the node and its surroundings. */
  "diagnostics.run": { params: null; answer: Diagnostics };
  /** A report to hand to somebody who helps: no content, no secrets. */
  "diagnostics.report": { params: null; answer: Report };
  /** Opens the local firewall for Banyan, asking the system for consent. */
  "firewall.open": { params: null; answer: FirewallChange };
  /** The latest lines of the log, oldest first. */
  "log.read": { params: LogQuery; answer: Array<LogLine> };
  /** Who asked whom for the use of models, and what became of it; the latest first. */
  "access.list": { params: null; answer: Array<Access> };
  /** Asks the person of a machine for the use of its models. */
  "access.ask": { params: AccessAsk; answer: Access };
  /** Takes back what was asked. */
  "access.withdraw": { params: PeerRef; answer: Access };
  /** Answers what a machine asked: always, today, once or no. */
  "access.answer": { params: AccessAnswer; answer: Access };
  /** What can be asked here and elsewhere, what serves it, and who is answered. */
  "models.view": { params: null; answer: ModelsView };
  /** What a server of this machine tells of a model. */
  "models.show": { params: ModelRef; answer: ModelShown };
  /** Lets a server of this machine download a model; shows the download under way where there is one. */
  "models.pull": { params: ModelRef; answer: Pull };
  /** The downloads under way, and those that ended since the start. */
  "models.pulls": { params: null; answer: Array<Pull> };
  /** Ends a download, or puts one away that has ended. */
  "models.cancel_pull": { params: ModelRef; answer: null };
  /** Deletes a model from the disk of this machine. */
  "models.delete": { params: ModelRef; answer: null };
  /** The servers of models that this machine asks. */
  "backends.list": { params: null; answer: Array<Backend> };
  /** Asks a server that speaks as OpenAI does from now on. */
  "backends.add": { params: BackendNew; answer: Backend };
  /** Looks at such a server before it is added or changed. */
  "backends.try": { params: BackendTry; answer: BackendLooked };
  /** Changes a server that was added by hand. */
  "backends.change": { params: BackendChange; answer: Backend };
  /** Forgets a server that was added by hand, and its key. */
  "backends.remove": { params: BackendRef; answer: null };
  /** Looks at a server now, with a question where that is wanted. */
  "backends.probe": { params: BackendLook; answer: BackendLooked };
  /** Whether anything could answer a question now, and if not, why. */
  "chat.readiness": { params: null; answer: ChatReadiness };
  /** What the desktop around the window offers; an error where there is none. */
  "desktop.state": { params: null; answer: DesktopState };
  /** Starts the application at login, or no longer. */
  "desktop.autostart": { params: Autostart; answer: DesktopState };
  /** Shows a folder or file of this node in the system's file browser. */
  "desktop.open": { params: OpenPlace; answer: null };
  /** Lets the person choose a folder. */
  "desktop.pick_folder": { params: FolderPick; answer: FolderChoice };
  /** Lets the person choose where to keep the report, and writes it. */
  "desktop.save_report": { params: SaveReport; answer: ReportSaved };
  /** Shows a notification, so that a person can see whether they arrive. */
  "desktop.try_notification": { params: null; answer: null };
}

/** Every call that is answered piece by piece: its name, what it takes, its pieces. */
export interface Streams {
  /** Asks a question, wherever it is answered best; leaving it stops the model. */
  "chat.ask": { params: ChatAsk; piece: ChatPiece };
}
