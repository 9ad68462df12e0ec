/**
 * The contract with the engine: every type that crosses, and every method.
 * Generated from `posthorn-api` by `cargo xtask codegen`; never edited.
 */

/** An account as listed. */
export type Account = {
  /** Local id. */
  id: number,
  /** Its settings, without secrets. */
  config: AccountConfig,
  /** Who signs it in through the browser; null where it signs in with a password. */
  signIn: SignInProvider | null,
  /** Certificates that the user accepted for its servers. */
  pins: Array<Pin>,
  /** Whom it sends as: its own name and address first, then the others in their order. Empty for an account that has
   * no server. */
  identities: Array<Identity>,
  /** A refused recipient stops a message for all; else those get it who can. */
  allOrNothing: boolean,
  /** What its messages ask for unless they are told otherwise. */
  wishes: Wishes,
  /** Letter or character of its mark. */
  mark: string,
  /** Switched off: no connections, its mail stays readable. */
  enabled: boolean,
  /** What it is doing. */
  status: AccountStatus, };

/** Everything that the user can set about an account. */
export type AccountConfig = {
  /** Name shown in the sidebar. */
  label: string,
  /** Name to send as. */
  senderName: string,
  /** Address to send as. */
  email: string,
  /** IMAP or POP3. */
  incoming: Server,
  /** SMTP. */
  outgoing: Server,
  /** Other addresses that this account sends as and receives for. */
  aliases: Array<Address>,
  /** POP3 alone; ignored for IMAP, and where `pop3` says more. */
  leaveOnServer: LeaveOnServer,
  /** POP3 alone. Null: what is stored stays, as far as it fits `leave_on_server`. */
  pop3: PopRules | null,
  /** Minutes between checks where the server cannot push, 1 to 1440. 0 = only when the user asks, and at the start
   * where `pop3` says so (POP3 alone). */
  checkIntervalMinutes: number,
  /** Mark hue, 1 to 6. */
  colour: number,
  /** Signature as plain text; empty when there is none. */
  signature: string,
  /** The server files sent mail by itself (Gmail, Outlook): no copy is appended. */
  serverFilesSent: boolean, };

/** An account to verify, add or change, with its secrets. Secrets travel this way only, never back. */
export type AccountDraft = {
  /** The account to change; null for a new one. */
  id: number | null,
  /** Its settings. */
  config: AccountConfig,
  /** Password of the incoming server; null keeps the stored one. */
  incomingPassword: string | null,
  /** Password of the outgoing server; null means the same as the incoming one. */
  outgoingPassword: string | null,
  /** Fingerprint of the certificate that the user accepted for the incoming server; null keeps what was accepted. */
  incomingCertificate: string | null,
  /** The same for the outgoing server. */
  outgoingCertificate: string | null,
  /** Ticket of a sign-in that came to its end, in place of passwords; null for passwords. */
  signIn: string | null,
  /** Ticket for `discoveryStep` events of the verification. */
  ticket: string, };

/** Result of adding or changing an account. */
export type AccountSaved = {
  /** The account; null when verification failed and nothing was saved. */
  account: Account | null,
  /** How the logins went. */
  verification: Verification, };

/** What an account is doing, in one word. */
export type AccountState = "disabled" | "offline" | "connecting" | "syncing" | "upToDate" | "waiting" | "needsPassword" | "failed" | "local";

/** The truth about an account right now. */
export type AccountStatus = {
  /** Account. */
  account: number,
  /** In one word. */
  state: AccountState,
  /** Since when this state holds. */
  sinceAt: number,
  /** Connected without a break since; null when not connected. */
  connectedSinceAt: number | null,
  /** What is being done: the folder's name, or empty. */
  activity: string,
  /** Steps done of `total`; both null when it cannot be counted. */
  done: number | null,
  /** Steps in all. */
  total: number | null,
  /** The server's last sentence, redacted; empty before the first. */
  serverSaid: string,
  /** What went wrong; null when nothing did. */
  problem: Error | null,
  /** What is wrong with sending, with the server's sentence; null when nothing is. */
  outgoingProblem: Error | null,
  /** The identity whose own server that is about; null where it is the account's. */
  outgoingIdentity: number | null,
  /** The server whose password was refused or is missing: the user is asked for it. Null when none is. */
  passwordFor: ServerSide | null,
  /** When it will be tried again; null when nothing is planned. */
  nextTryAt: number | null,
  /** Last time that everything was compared; null before the first. */
  lastCompleteAt: number | null,
  /** Operations waiting to be told to the server. */
  pendingOperations: number,
  /** Protection of the connection in words (`TLS 1.3`); empty when not connected. */
  security: string, };

/** A person or list, as shown. */
export type Address = {
  /** Display name, decoded and made safe; empty when there is none. */
  name: string,
  /** `local@domain`. */
  email: string, };

/** A named list of addresses. */
export type AddressGroup = {
  /** Local id; 0 for one that is to be added. */
  id: number,
  /** Name, 1 to 80 letters; no two are the same. */
  name: string,
  /** Addresses, each once, at most 1,000; called as the address book calls them. */
  members: Array<Address>, };

/** An address that is probably meant otherwise. */
export type AddressTypo = {
  /** As it stands in the draft. */
  address: string,
  /** What it may be meant to be. */
  meant: string, };

/** Remembers whose remote pictures load. */
export type AllowRemote = {
  /** A message from the sender. */
  message: number,
  /** The whole domain instead of the one address. */
  domain: boolean,
  /** Allow, or take back. */
  allow: boolean, };

/** Answers an invitation. */
export type AnswerInvitation = {
  /** The message that brings it. */
  message: number,
  /** What is answered. */
  choice: InvitationChoice,
  /** Words for the organiser, at most 2,000 letters; empty = none. */
  comment: string,
  /** Seconds in which it can be taken back (`outbox.discard`), 0 to 60. */
  undoSeconds: number, };

/** Answers somebody who asked to be told that a message was read. */
export type AnswerReceipt = {
  /** Message that was read. */
  message: number,
  /** True: the answer is sent. False: it is not, and not asked about again. */
  send: boolean,
  /** Subject of the answer, in the user's language. */
  subject: string,
  /** What it says, in the user's language. */
  text: string, };

/** Where an answer is. */
export type AnswerWay = "waiting" | "sent" | "failed";

/** Facts about the running application. */
export type AppInfo = {
  /** Version. */
  version: string,
  /** Where passwords are kept: `keychain`, `file`, `memory`. */
  secrets: string,
  /** Whether they can be read now. */
  secretsDoor: SecretsDoor,
  /** BCP 47 language of the system. */
  systemLanguage: string,
  /** The user works offline. */
  offline: boolean,
  /** Base URL of the content scheme, without a slash at the end. */
  contentBase: string,
  /** Profile folder, for people who ask where their mail is. */
  profile: string, };

/** How exported mail is kept. */
export type ArchiveFormat = "mbox" | "maildir" | "eml";

/** An import or an export. */
export type ArchiveJob = {
  /** Its number. */
  id: number,
  /** It exports; else it imports. */
  exporting: boolean,
  /** How far it is. */
  stage: ArchiveStage,
  /** The folder that takes messages, or gives them. */
  mailbox: number,
  /** Steps done. */
  done: number,
  /** Steps in all; 0 = not known yet. */
  total: number,
  /** Messages that came, or went out. */
  messages: number,
  /** Messages that were there already. */
  known: number,
  /** Messages that the other program had deleted, which were left out. */
  skipped: number,
  /** Messages that could not be read. */
  unreadable: number,
  /** The first 100 of these. */
  troubles: Array<ArchiveTrouble>,
  /** Export: what was written; empty before that. */
  result: string,
  /** Why it failed, in English; empty = it did not. */
  error: string,
  /** When it was asked for. */
  at: number, };

/** How far an import or export is. */
export type ArchiveStage = "running" | "done" | "cancelled" | "failed";

/** Something that could not be read. */
export type ArchiveTrouble = {
  /** File, and where in it; of an export the subject. */
  place: string,
  /** Why, in English. */
  reason: string, };

/** What the user did to a conversation. */
export type Arranged = "split" | "rest" | "merged";

/** New mail worth a notification. */
export type Arrival = {
  /** Message. */
  message: number,
  /** Account. */
  account: number,
  /** Folder. */
  mailbox: number,
  /** Sender as shown. */
  from: string,
  /** Subject. */
  subject: string,
  /** First words. */
  preview: string, };

/** Attaches bytes (a pasted picture). */
export type AttachBytes = {
  /** Draft. */
  draft: number,
  /** File name. */
  name: string,
  /** Content type. */
  contentType: string,
  /** Base64, at most 32 MiB decoded. */
  data: string,
  /** Into the text. */
  inline: boolean, };

/** Attaches files by path (dropped, or chosen in the system's dialog). */
export type AttachPaths = {
  /** Draft. */
  draft: number,
  /** Absolute paths. */
  paths: Array<string>,
  /** Pictures go into the text instead of below it. */
  inline: boolean, };

/** An attachment as listed. */
export type Attachment = {
  /** Number of the part, for `attachments.*`. */
  part: number,
  /** Its place in the message (RFC 9051 section 6.4.5.1), for `downloads.*`. */
  section: string,
  /** Safe file name; never empty, no path, no control characters. */
  name: string,
  /** Content type, lower case. */
  contentType: string,
  /** Decoded size, bytes, as far as known. */
  size: number,
  /** Bytes are here; else they are fetched when asked for. */
  here: boolean,
  /** A program or script, or pretends not to be one. */
  dangerous: boolean,
  /** URL on the content scheme (download; for pictures, also show). */
  url: string, };

/** A file of a message. */
export type AttachmentRef = {
  /** Message. */
  message: number,
  /** Number of the part. */
  part: number,
  /** The way into messages inside it: numbers of their files, outermost first. Absent = the part itself. */
  inside?: Array<number>, };

/** A participant of an event. */
export type Attendee = {
  /** Who; the address may be empty. */
  person: Address,
  /** `accepted`, `declined`, `tentative`, `needs-action`, …; empty when not said. */
  answer: string,
  /** Need not come. */
  optional: boolean, };

/** Begins a sign-in. */
export type BeginSignIn = {
  /** Id of the provider. */
  provider: string,
  /** The address that is meant. */
  email: string,
  /** What the browser shows in the end. */
  words: SignInWords, };

/** What servers find of a search. Told by `beyondChanged`; a search about which nothing is told is searched here alone. */
export type Beyond = {
  /** How it stands. */
  state: BeyondState,
  /** Servers that are asked, by host. */
  hosts: Array<string>,
  /** Messages that were found there and not here, so far. */
  found: number,
  /** Texts that were fetched to be searched here, because a server does not know the letters that are asked for. */
  texts: number,
  /** There are more than are shown: servers are asked for the newest thousand of a folder. */
  cut: boolean,
  /** Why a server could not search, the first that could not; null when all could. */
  problem: Error | null, };

/** How the search at servers stands. */
export type BeyondState = "searching" | "done" | "offline";

/** A policy, and where it comes from. */
export type BodyPolicies = {
  /** The user's own choice for this folder or account; null = none. */
  own: BodyPolicy | null,
  /** What holds. */
  effective: BodyPolicy, };

/** What comes whole unasked; heads always come. */
export type BodyPolicy = {
  /** Days back; 0 = all. */
  days: number,
  /** Largest message, in bytes; 0 = any. */
  maxBytes: number,
  /** Nothing comes unasked. */
  onDemand: boolean, };

/** Where a message's bytes are. */
export type BodyState = "missing" | "sections" | "whole";

/** One id. */
export type ById = {
  /** Which one; the method says of what. */
  id: number, };

/** A number, address or page of somebody. */
export type CardEntry = {
  /** `work`, `home`, `cell`, `fax`, `other`. */
  kind: string,
  /** As it is read. */
  value: string, };

/** What a certificate says. Nothing in it is proved but the fingerprint. */
export type Certificate = {
  /** SHA-256 of the whole, in pairs of hexadecimal digits with colons. */
  fingerprint: string,
  /** Whom it was made for; empty where it does not say. */
  subject: string,
  /** Who made it; empty where it does not say. */
  issuer: string,
  /** Hosts and addresses that it is for; empty when it names none. */
  names: Array<string>,
  /** From when it is valid; null where it cannot be read. */
  notBeforeAt: number | null,
  /** Until when; null where it cannot be read. */
  notAfterAt: number | null, };

/** Fetches mail now. */
export type CheckNow = {
  /** Account; null means all. */
  account: number | null, };

/** Chooses a policy. */
export type ChooseBodies = {
  /** Account. */
  account: number,
  /** Folder; null = the account. */
  mailbox: number | null,
  /** Policy; null = as the account has it, or everything. */
  policy: BodyPolicy | null, };

/** Puts another signature below a draft. Words that were typed into the old one stay. */
export type ChooseDraftSignature = {
  /** Draft. */
  draft: number,
  /** The revision that the page saw last; another one answers with `conflict`. */
  revision: number,
  /** Signature of the draft's identity; null = none. */
  signature: number | null, };

/** Writes a draft as somebody else: signature and default blind copies change with it, where they were not edited. */
export type ChooseIdentity = {
  /** Draft. */
  draft: number,
  /** The revision that the page saw last; another one answers with `conflict`. */
  revision: number,
  /** Account to send with. */
  account: number,
  /** Identity of that account. */
  identity: number, };

/** Chooses what an identity signs with. */
export type ChooseSignatures = {
  /** Identity. */
  identity: number,
  /** Below new messages; null = nothing. */
  forNew: number | null,
  /** Below answers and what is forwarded; null = nothing. */
  forAnswers: number | null, };

/** What went wrong, for the page's table from code to words and action. */
export type Code = "invalid" | "notFound" | "conflict" | "offline" | "hostUnknown" | "connectionLost" | "timeout" | "certificate" | "certificateIssuer" | "certificateHost" | "certificateExpired" | "certificateEarly" | "certificateChanged" | "proxy" | "portal" | "tls" | "credentials" | "noPasswords" | "signInOver" | "signInDenied" | "signInFailed" | "signInTimeout" | "noClient" | "refused" | "crowded" | "referral" | "overQuota" | "inUse" | "protocol" | "limit" | "diskFull" | "file" | "corrupt" | "newerVersion" | "profileInUse" | "secrets" | "wrongPassphrase" | "notHere" | "tooLate" | "needsFolder" | "cancelled" | "internal";

/** Asks for correspondents. */
export type Complete = {
  /** What was typed. */
  text: string,
  /** At most this many, 1 to 20. */
  limit: number, };

/** What a connection is for. */
export type ConnectionPurpose = "working" | "watching" | "bulk" | "doubting" | "proving" | "searching" | "filing" | "maildrop" | "submission";

/** How the server answered. */
export type ConsoleAnswer = {
  /** `OK`, `NO` or `BAD`. */
  word: string,
  /** Its sentence. */
  text: string,
  /** Lines that came before it. */
  lines: number, };

/** A harmless command. */
export type ConsoleCommand = {
  /** Account. */
  account: number,
  /** The command without a tag. */
  line: string, };

/** Commands that run. */
export type ConsoleCommands = {
  /** Their names. */
  verbs: Array<string>, };

/** A connection that is or was open. */
export type ConsoleConnection = {
  /** Its number. */
  id: number,
  /** Account. */
  account: number,
  /** What it is for. */
  purpose: ConnectionPurpose,
  /** The server. */
  host: string,
  /** When it was begun. */
  sinceAt: number,
  /** It is open. */
  open: boolean, };

/** A line that was said. */
export type ConsoleLine = {
  /** Its number, rising by one. */
  number: number,
  /** When it was said. */
  at: number,
  /** On which connection. */
  connection: number,
  /** This program said it; else the server. */
  ours: boolean,
  /** Without passwords, tokens, addresses and text of mail. */
  text: string,
  /** Milliseconds since the command that it answers; null = it answers none. */
  afterMs: number | null, };

/** What was said since. */
export type ConsoleLines = {
  /** Oldest first. */
  lines: Array<ConsoleLine>,
  /** Read on from here. */
  last: number,
  /** Lines between that are not kept any more. */
  lost: number,
  /** Connections that are open, or of which lines are kept. */
  connections: Array<ConsoleConnection>, };

/** A contact card (RFC 6350). */
export type ContactCard = {
  /** Name; empty when missing. */
  name: string,
  /** Organisation; empty when missing. */
  organization: string,
  /** What somebody does there; empty when missing. */
  title: string,
  /** Mail addresses. */
  emails: Array<CardEntry>,
  /** Telephone numbers. */
  phones: Array<CardEntry>,
  /** Postal addresses, lines separated by `\n`. */
  addresses: Array<CardEntry>,
  /** Pages. */
  urls: Array<CardEntry>,
  /** Birthday as written; empty when missing. */
  birthday: string,
  /** Further words; empty when missing. */
  note: string, };

/** A conversation, oldest message first. */
export type Conversation = {
  /** Conversation. */
  thread: number,
  /** Subject without prefixes; empty when there is none. */
  subject: string,
  /** Its messages in all folders of the account (without Trash and Junk, unless opened from there), oldest first. */
  messages: Array<MessageHead>,
  /** Drafts that answer one of its messages. */
  drafts: Array<number>,
  /** What the user did to it by hand; null = nothing, or it was taken back. */
  arranged: Arranged | null, };

/** Where a refused message goes instead. */
export type Correction = {
  /** Address as it was refused. */
  from: string,
  /** Address to try; the same one for another try, null to leave this recipient out. */
  to: string | null, };

/** Creates a folder. */
export type CreateMailbox = {
  /** Account. */
  account: number,
  /** Parent; null at the top. */
  parent: number | null,
  /** Name, one level. */
  name: string, };

/** A delivery report or read receipt (RFC 3464, RFC 8098), as a stranger's server wrote it. */
export type DeliveryReport = {
  /** Recipients, in order; never empty. */
  recipients: Array<ReportedRecipient>,
  /** Subject of the message that it is about; empty when missing. */
  subject: string, };

/** Asks to find the servers of an address. */
export type Discover = {
  /** `local@domain`. */
  email: string,
  /** Chosen by the page; repeated in each `discoveryStep` event. */
  ticket: string, };

/** What discovery found. */
export type Discovery = {
  /** Provider's name; empty when unknown. */
  provider: string,
  /** What the user must do first. */
  advice: ProviderAdvice,
  /** Page that makes the app password or explains; empty when there is none. */
  adviceUrl: string,
  /** Who signs the user in through the browser; null where nobody does. */
  signIn: SignInProvider | null,
  /** IMAP server; null when none was found. */
  imap: Server | null,
  /** POP3 server; null when none was found. */
  pop3: Server | null,
  /** SMTP server; null when none was found. */
  smtp: Server | null,
  /** Whether the server files sent mail by itself. */
  serverFilesSent: boolean,
  /** Hosts outside the address's domain that only a DNS answer named. They are shown, and agreed to, before a password
   * goes to them (RFC 6186 section 6). */
  unprovenHosts: Array<string>, };

/** One step of discovery or verification. */
export type DiscoveryStep = {
  /** The ticket of the request. */
  ticket: string,
  /** Number of the step from 0; a later event with the same number replaces it. */
  index: number,
  /** What is asked: `provider`, `autoconfig`, `wellKnown`, `srv`, `mx`, `dial`, `incoming`, `outgoing`. */
  step: string,
  /** Host or URL asked; empty where there is none. */
  host: string,
  /** How it went. */
  state: StepState,
  /** The server's words or the reason; empty when there is nothing to add. */
  detail: string,
  /** How long it took, milliseconds; null while it runs. */
  elapsedMs: number | null, };

/** A large body, or attachment, that is fetched in pieces. */
export type Download = {
  /** Message. */
  message: number,
  /** As in `Attachment.section`; empty = the whole message. */
  section: string,
  /** Bytes that are here, as transferred. */
  done: number,
  /** Bytes in all, as transferred; 0 = not known. */
  total: number,
  /** How it stands. */
  state: DownloadState, };

/** Names a body or attachment. */
export type DownloadRef = {
  /** Message. */
  message: number,
  /** As in `Attachment.section`; empty = the whole message. */
  section: string, };

/** How a download stands. */
export type DownloadState = "running" | "done" | "stopped";

/** A message being written. */
export type Draft = {
  /** Local id. */
  id: number,
  /** Advances with each save; a save names the one that it builds on. */
  revision: number,
  /** Account to send from. */
  account: number,
  /** Address to send as, one of the account's own. */
  from: Address,
  /** Identity that it is sent as. */
  identity: number,
  /** Recipients; may hold unfinished text, which is told when sending. */
  to: Array<Address>,
  /** Copies. */
  cc: Array<Address>,
  /** Blind copies. */
  bcc: Array<Address>,
  /** Subject. */
  subject: string,
  /** HTML of the editor, without the quoted original; unused in plain-text mode. */
  html: string,
  /** Text of the plain-text mode, or the text form of `html`. */
  text: string,
  /** Plain-text mode. */
  plain: boolean,
  /** `new`, `reply`, `replyAll`, `forward`. */
  purpose: string,
  /** The message answered or forwarded; null for a new one. */
  original: number | null,
  /** The quoted original goes along, verbatim. */
  includeOriginal: boolean,
  /** It stands above the text, else below. */
  quoteFirst: boolean,
  /** A signature stands there, and is sent below the quoted original, wherever it is while the message is written. */
  signatureLast: boolean,
  /** URL of the quoted original's frame; empty when there is none, and in lists. */
  originalUrl: string,
  /** Line above the quoted original, as text. */
  attribution: string,
  /** Files. */
  attachments: Array<DraftAttachment>,
  /** Last save. */
  savedAt: number,
  /** Largest message that the outgoing server takes, bytes; null when unknown. */
  sizeLimit: number | null,
  /** Size of the message when sent, bytes, encoded, as estimated. */
  encodedSize: number,
  /** Its copy on the server. */
  server: DraftServer,
  /** Its copy, where a Drafts folder shows it: list that or the draft, not both. Null = the draft alone is here. */
  copyMessage: number | null,
  /** What it asks of those who get it. */
  wishes: Wishes,
  /** When the user is reminded of it, where nobody answers; null = never. */
  followUp: FollowUpWhen | null,
  /** It was changed or removed on another computer after it was changed here: both are kept. */
  diverged: boolean, };

/** A file of a draft; its bytes were copied and hashed when it was attached. */
export type DraftAttachment = {
  /** Local id. */
  id: number,
  /** Safe file name. */
  name: string,
  /** Content type. */
  contentType: string,
  /** Size, bytes. */
  size: number,
  /** Shown in the text; `url` is its picture. */
  inline: boolean,
  /** Content id of an inline picture; empty otherwise. */
  contentId: string,
  /** URL on the content scheme. */
  url: string, };

/** A draft after a save. */
export type DraftSaved = {
  /** New revision. */
  revision: number,
  /** When it became durable. */
  savedAt: number, };

/** How a draft's copy on the server stands. */
export type DraftServer = { "kind": "none" } | { "kind": "waiting" } | { "kind": "copied" } | { "kind": "refused",
  /** The server's sentence. */
  said: string,
  /** When it is tried again. */
  nextTry: number, };

/** The signatures that a draft can have. */
export type DraftSignatures = {
  /** Those of its identity, in order. */
  list: Array<SignatureWords>,
  /** The one that stands there as it was; null where none does, or it was edited. */
  current: number | null, };

/** An earlier version of a draft. */
export type DraftVersion = {
  /** Number. */
  id: number,
  /** When it was saved. */
  savedAt: number,
  /** Recipients. */
  to: Array<Address>,
  /** Subject. */
  subject: string,
  /** Its text. */
  text: string, };

/** What a rule does. */
export type DropAction = "download" | "head" | "skip" | "remove";

/** What a rule looks at. */
export type DropCondition = "larger" | "smaller" | "sender" | "subject" | "older";

/** What becomes of a message under rules. */
export type DropDeed = "usual" | "whole" | "head" | "skip" | "remove";

/** Why a rule that matches does not do what it says. */
export type DropHindrance = "here" | "locked" | "kept" | "nameless" | "headless" | "fleeting";

/** A rule. */
export type DropRule = {
  /** It is looked at. */
  on: boolean,
  /** What it looks at. */
  condition: DropCondition,
  /** Bytes or days, at least 1; 0 where the condition has no number. */
  number: number,
  /** One line of at most 200 characters; empty where the condition has no words. */
  words: string,
  /** What it does. */
  action: DropAction, };

/** What rules deleted on the server, as far back as a year. */
export type DropRuled = {
  /** Messages that the server confirmed. */
  count: number,
  /** Their bytes. */
  bytes: number,
  /** The newest 200 that were decided, also those that the server has not confirmed. */
  newest: Array<DropRuling>, };

/** The rules of an account. */
export type DropRules = {
  /** In their order: the first that is on and matches holds. */
  rules: Array<DropRule>,
  /** The server refused to show heads (TOP): only rules about the size work. False also before it was asked. */
  noHeads: boolean,
  /** What rules deleted there. */
  ruled: DropRuled, };

/** A message that a rule deleted. */
export type DropRuling = {
  /** The rule, as it was then. */
  rule: DropRule,
  /** Sender; its parts are empty where the server did not show the head. */
  from: Address,
  /** Subject; empty = none, or not known. */
  subject: string,
  /** Bytes. */
  size: number,
  /** When it was received; null = not known. */
  at: number | null,
  /** When the rule decided. */
  decidedAt: number,
  /** When the server confirmed; null = it has not yet. */
  removedAt: number | null, };

/** What rules would do to what the maildrop browser shows. */
export type DropTrial = {
  /** Messages that a rule matches, newest first. */
  rows: Array<DropTried>,
  /** The server refused to show heads: only rules about the size work. */
  noHeads: boolean, };

/** What the rules say of one message. */
export type DropTried = {
  /** Its id there. */
  uidl: string,
  /** Place of the rule that matches, 0 = the first. */
  rule: number,
  /** What becomes of it. */
  deed: DropDeed,
  /** Why that is not what the rule says; null where it is. */
  hindrance: DropHindrance | null, };

/** How a connection is protected. */
export type Encryption = "tls" | "starttls" | "plaintext";

/** An error. */
export type Error = {
  /** What went wrong. */
  code: Code,
  /** One English sentence for logs and scripts; the page has its own words. */
  message: string,
  /** The server's own sentence, a host, a path; empty when there is nothing to add. */
  detail: string, };

/** Something happened. */
export type Event = { "kind": "accountsChanged",
  /** All accounts. */
  accounts: Array<Account>, } | { "kind": "accountStatusChanged",
  /** Its status. */
  status: AccountStatus, } | { "kind": "mailboxesChanged",
  /** All folders of all accounts. */
  mailboxes: Array<Mailbox>, } | { "kind": "viewChanged",
  /** How. */
  delta: ViewDelta, } | { "kind": "beyondChanged",
  /** The search's view. */
  view: number,
  /** How it stands. */
  beyond: Beyond, } | { "kind": "messagesChanged",
  /** Messages. */
  messages: Array<number>,
  /** Their conversations. */
  threads: Array<number>, } | { "kind": "mailArrived",
  /** Newest first, at most 20. */
  arrivals: Array<Arrival>, } | { "kind": "followUpsChanged",
  /** All of them, those that are due first. */
  reminders: Array<FollowUp>, } | { "kind": "followUpsDue",
  /** Those whose time came first are first, at most 20. */
  unanswered: Array<Unanswered>, } | { "kind": "outboxChanged",
  /** All rows that are not done. */
  items: Array<OutboxItem>, } | { "kind": "archiveChanged",
  /** How it stands. */
  job: ArchiveJob, } | { "kind": "discoveryStepped",
  /** The step. */
  step: DiscoveryStep, } | { "kind": "draftsChanged",
  /** Drafts. */
  drafts: Array<number>, } | { "kind": "operationRefused",
  /** Operation. */
  operation: number,
  /** As in `Undoable.action`. */
  action: string,
  /** Messages (or folders) that it was about. */
  count: number,
  /** Why. */
  error: Error, } | { "kind": "proofChanged",
  /** Account. */
  account: number,
  /** How far it is; null = it is over. */
  progress: ProofProgress | null, } | { "kind": "downloadChanged",
  /** How it stands. */
  download: Download, } | { "kind": "settingsChanged",
  /** All settings. */
  settings: Settings, } | { "kind": "offlineChanged",
  /** Offline. */
  offline: boolean, } | { "kind": "openRequested",
  /** A `mailto:` link; empty when a message is meant. */
  mailto: string,
  /** A message; null when a link is meant. */
  message: number | null, };

/** When an event begins or ends. */
export type EventTime = { "kind": "at",
  /** Which one. */
  at: number,
  /** The same by the clock of whoever wrote it: `2026-04-24T09:00`. */
  clock: string,
  /** Where that clock is: `Europe/Berlin`, `UTC`. */
  zone: string, } | { "kind": "day",
  /** `2026-04-24`. */
  day: string, } | { "kind": "local",
  /** `2026-04-24T09:00`. */
  time: string,
  /** What the place is called; empty for wherever one is. */
  zone: string, };

/** Exports a folder. */
export type ExportArchive = {
  /** Folder. */
  mailbox: number,
  /** Where the result is to lie, absolute; it gets the folder's name, with a number where that is taken. */
  path: string,
  /** How. */
  format: ArchiveFormat,
  /** With the folders below it. */
  below: boolean, };

/** Writes the address book into a file of contact cards (vCard 3.0), groups with it. */
export type ExportPeople = {
  /** Absolute path. */
  path: string, };

/** Asks where a message stands in a view. */
export type FindInView = {
  /** View. */
  view: number,
  /** Message. */
  message: number, };

/** Asks who has an address. */
export type FindPerson = {
  /** Address. */
  email: string, };

/** What a server says about a folder now. */
export type FolderFacts = {
  /** Quotas of its storage; empty = none, or not told. */
  quotas: Array<Quota>,
  /** Bytes of its messages; null = not told. */
  size: number | null,
  /** Largest message that it takes, bytes; null = not told. */
  appendLimit: number | null,
  /** What one may do with it; null = everything, or not told. */
  rights: FolderRights | null,
  /** The server's letters for that; empty = not told. */
  letters: string, };

/** What a proof found in a folder, and mended. */
export type FolderProof = {
  /** When it ended. */
  at: number,
  /** Messages that were compared. */
  compared: number,
  /** There and not here; fetched. */
  missing: number,
  /** Here and not there; to *Removed on the server*. */
  gone: number,
  /** With other flags there; taken over. */
  flags: number,
  /** Another message under the same number; matched anew. */
  other: number,
  /** Left alone, because a change of the user's is under way. */
  spared: number,
  /** What still differs afterwards. */
  remaining: number,
  /** Why it did not come to its end; empty = it did. */
  problem: string,
  /** Both sides were found equal, or are equal now. */
  equal: boolean, };

/** What one may do with a folder of a server (RFC 4314). */
export type FolderRights = {
  /** Messages may be read. */
  read: boolean,
  /** Messages may be marked as read for good. */
  markRead: boolean,
  /** Messages may be starred and marked otherwise. */
  flag: boolean,
  /** Messages may be added. */
  insert: boolean,
  /** Messages may be removed. */
  remove: boolean,
  /** Folders may be made inside. */
  create: boolean,
  /** It may be renamed, moved and deleted. */
  deleteFolder: boolean, };

/** A folder and what it takes. */
export type FolderShare = {
  /** Folder. */
  mailbox: number,
  /** Bytes of its messages. */
  bytes: number,
  /** Messages in it. */
  messages: number, };

/** A reminder of a sent message. */
export type FollowUp = {
  /** Sent message. */
  message: number,
  /** When the user is reminded, or was. */
  at: number,
  /** The time has come, and nobody answered. */
  due: boolean, };

/** When the user is to be reminded of a message that is being written. */
export type FollowUpWhen = { "kind": "after",
  /** Milliseconds, at least a minute, at most a year. */
  wait: number, } | { "kind": "at",
  /** When; at most a year ahead. */
  at: number, };

/** A row's number. */
export type FoundInView = {
  /** Number from 0; null when it is not there. */
  index: number | null, };

/** Who has an address. */
export type FoundPerson = {
  /** The one in the address book; null where nobody there has it. */
  person: Person | null, };

/** What the user answered. */
export type GivenAnswer = {
  /** What. */
  choice: InvitationChoice,
  /** When. */
  at: number,
  /** Where the answer is. */
  way: AnswerWay,
  /** The event was changed since. */
  outdated: boolean, };

/** A field of a message's header. */
export type HeaderField = {
  /** Its name, as written. */
  name: string,
  /** Its value, decoded, on one line. */
  value: string, };

/** Holds a message back, or lets it go. */
export type HoldMessage = {
  /** Outbox row. */
  id: number,
  /** True: it waits until it is let go; false: it is sent when its time has come. */
  hold: boolean, };

/** A name and address that an account sends as. */
export type Identity = {
  /** Local id; 0 for one that is to be added. */
  id: number,
  /** Its account. */
  account: number,
  /** Name to send as. */
  name: string,
  /** Address to send as. That of the account's main identity is the account's own. */
  email: string,
  /** Where answers go; empty = to `email`. */
  replyTo: string,
  /** Signature of new messages, as text; empty when there is none. Given back unchanged, it keeps its form. */
  signature: string,
  /** Who gets a blind copy of every message that is begun with it. */
  bcc: Array<Address>,
  /** Folder of the account for what it sent; null = the account's Sent folder. */
  sentMailbox: number | null,
  /** It is the account's own name and address, which cannot be removed. Ignored when saving. */
  main: boolean,
  /** Its own outgoing server; null = the account's, as it always is for the account's own name and address. */
  server: Server | null,
  /** Fingerprint of the certificate that the user accepted for that server; empty when there is none. Ignored when
   * saving. */
  pin: string, };

/** An identity to add or change, with the secret of its server. Secrets travel this way only, never back. */
export type IdentityDraft = {
  /** The identity. A server that is new, or moved, is signed in to before anything is saved. */
  identity: Identity,
  /** Password for its own server; null keeps the stored one, which is good for the same host and port alone. */
  password: string | null,
  /** Fingerprint of the certificate that the user accepts for its own server; null keeps what was accepted. */
  certificate: string | null, };

/** Result of adding or changing an identity. */
export type IdentitySaved = {
  /** Its account; null when signing in to its server failed and nothing was saved. */
  account: Account | null,
  /** What is wrong with its server; null when nothing is. */
  problem: Error | null, };

/** Imports files. */
export type ImportArchive = {
  /** Files (mbox, EML) and folders (Maildir, folders of such files, profiles of other programs); absolute. */
  paths: Array<string>,
  /** Folder that takes the messages; folders below it are made where the files have folders. */
  mailbox: number, };

/** Reads a file of contact cards into the address book. */
export type ImportPeople = {
  /** Absolute path; vCard (RFC 6350; 3.0 and 2.1 too), at most 32 MiB. */
  path: string, };

/** A message inside another one. */
export type InnerMessage = {
  /** Authors. */
  from: Array<Address>,
  /** Recipients. */
  to: Array<Address>,
  /** Copies. */
  cc: Array<Address>,
  /** Decoded subject; empty when there is none. */
  subject: string,
  /** Date header; null when missing or not a date. */
  sentAt: number | null,
  /** How its design is treated. */
  design: MessageDesign,
  /** Its files; their numbers go behind the way that led here. */
  attachments: Array<Attachment>,
  /** Remote pictures that were not loaded; they never are here. */
  blockedImages: number,
  /** BCP 47 language guessed for choosing glyphs; empty when none stands out. */
  lang: string, };

/** An event that a message brings. It goes into no calendar here. */
export type Invitation = {
  /** `request`, `reply`, `counter`, `declineCounter`, `cancel` or `publish`. */
  method: string,
  /** Title; empty when missing. */
  summary: string,
  /** Where; empty when missing. */
  location: string,
  /** Further words; empty when missing. */
  description: string,
  /** What an answer says beside yes or no; empty when nothing. */
  comment: string,
  /** Page of the event, `https:` alone; empty when missing. */
  url: string,
  /** When it begins; null when not said. */
  start: EventTime | null,
  /** When it ends; null when not said. Of whole days, the day after the last. */
  end: EventTime | null,
  /** How it repeats; null when it does not. */
  recurrence: Recurrence | null,
  /** The one of a repeated event that is meant, by when it would have begun; null for all of them. */
  instance: EventTime | null,
  /** It is a changed version of what was sent before. */
  updated: boolean,
  /** Who invites; null when not said. */
  organizer: Address | null,
  /** Who is invited, at most 200. */
  attendees: Array<Attendee>,
  /** Which of them the user is, by all own addresses; null when none. */
  me: Address | null,
  /** It can be answered (`invitations.answer`): it is an invitation, by somebody else, of the user. */
  canAnswer: boolean,
  /** What the user answered last; null when nothing. */
  answer: GivenAnswer | null,
  /** Events that the same file brings beside this one. */
  others: number, };

/** An answer that was given. */
export type InvitationAnswered = {
  /** The message that carries it. */
  item: OutboxItem,
  /** The invitation as it stands now. */
  invitation: Invitation, };

/** What may be answered. */
export type InvitationChoice = "accepted" | "tentative" | "declined";

/** The invitation of a message. */
export type InvitationOf = {
  /** Null when it brings none. */
  invitation: Invitation | null, };

/** Keeps messages on the server. */
export type KeepOnServer = {
  /** Account. */
  account: number,
  /** Their ids there. */
  uidls: Array<string>,
  /** For ever; else as the policy says. */
  keep: boolean, };

/** A file of a message. */
export type LargeFile = {
  /** The message. */
  message: LargeMessage,
  /** Name; empty = none. */
  name: string,
  /** Media type. */
  mime: string,
  /** Decoded bytes, as far as known. */
  size: number, };

/** A message and what it takes. */
export type LargeMessage = {
  /** Message. */
  message: number,
  /** A folder that it is in. */
  mailbox: number,
  /** Subject. */
  subject: string,
  /** Sender. */
  from: Address,
  /** When it was received. */
  at: number,
  /** Bytes of the whole message. */
  size: number, };

/** How a mailing list is left. */
export type LeaveList = "unknown" | "oneClick" | "mail" | "page";

/** What POP3 leaves behind. */
export type LeaveOnServer = "keep" | "removeAfterDownload";

/** The ledger. */
export type Ledger = {
  /** Folders of servers, by account and in the order of the folder list. */
  folders: Array<LedgerFolder>,
  /** Waiting and refused changes, newest first, at most 200. */
  operations: Array<LedgerOperation>,
  /** POP3 servers. */
  maildrops: Array<LedgerMaildrop>,
  /** Proofs under way. */
  proofs: Array<ProofProgress>, };

/** One line of the ledger. */
export type LedgerFolder = {
  /** Folder. */
  mailbox: number,
  /** Account. */
  account: number,
  /** Messages on the server when it was last compared; null = not known. */
  there: number | null,
  /** Messages here. */
  here: number,
  /** Bytes of the messages here, as the server counts them. */
  bytes: number,
  /** Messages whose whole bytes are here; the others come when they are opened. */
  stored: number,
  /** Messages with a change of the user's that the server has not confirmed. */
  pending: number,
  /** UIDVALIDITY; null = never opened. */
  uidValidity: number | null,
  /** UIDNEXT; null = not told. */
  uidNext: number | null,
  /** HIGHESTMODSEQ as text, because it is longer than a number may be here; empty = the server counts no changes. */
  modseq: string,
  /** The server's own id of the folder (MAILBOXID); empty = it has none. */
  objectId: string,
  /** When it was last compared; null = never. */
  comparedAt: number | null,
  /** When all its numbers were last compared; null = never. */
  auditedAt: number | null,
  /** The last proof; null = never. */
  proof: FolderProof | null,
  /** Messages that nobody could read. */
  unreadable: Array<UnreadableMessage>, };

/** What a POP3 server has. */
export type LedgerMaildrop = {
  /** Account. */
  account: number,
  /** Messages that it listed. */
  there: number,
  /** Of these, whole here. */
  whole: number,
  /** Of these, here by their heads alone. */
  heads: number,
  /** Messages that rules deleted there without their having come, within a year. */
  ruled: number, };

/** A change of the user's that waits, or that the server refused. */
export type LedgerOperation = {
  /** Operation. */
  id: number,
  /** Account. */
  account: number,
  /** As in `Undoable.action`. */
  action: string,
  /** Messages (or folders) that it is about. */
  count: number,
  /** The server refused it, and it was taken back; else it waits. */
  refused: boolean,
  /** Tries so far. */
  attempts: number,
  /** When the user did it. */
  at: number,
  /** When it is tried again; null = as soon as it can be. */
  nextTryAt: number | null,
  /** The server's sentence; empty = none. */
  said: string, };

/** Asks for the certificate that a server shows. Nothing secret is sent there. */
export type LookAtCertificate = {
  /** The server. */
  server: Server,
  /** Fingerprint that the user accepted for it; empty when there is none. */
  accepted: string, };

/** A folder. */
export type Mailbox = {
  /** Local id. */
  id: number,
  /** Account it belongs to. */
  account: number,
  /** Parent folder; null at the top. */
  parent: number | null,
  /** Its own name, decoded, control characters shown as U+FFFD. Not translated; roles have words of their own. */
  name: string,
  /** Names from the top down, joined by the server's delimiter, decoded. */
  path: string,
  /** What it is for. */
  role: MailboxRole,
  /** Messages in it. */
  total: number,
  /** Unread messages in it. */
  unread: number,
  /** It can hold messages (not `\Noselect`). */
  selectable: boolean,
  /** It lives on this computer alone (POP3, local folders). */
  local: boolean,
  /** All headers are here; false while the first synchronisation goes on. */
  complete: boolean,
  /** Other programs show it (IMAP subscription). */
  subscribed: boolean,
  /** It stands at the top of the folder list too. */
  favourite: boolean,
  /** The user's own order among its siblings, from 1; null = by role and name. */
  place: number | null,
  /** The user's colour, 1 to 6; 0 = none. */
  colour: number,
  /** The user chose the role; else it is the server's word or the name's. */
  roleChosen: boolean,
  /** One character that separates levels in `path`; empty = there are no levels. */
  delimiter: string,
  /** It is another user's or shared. */
  foreign: boolean,
  /** What one may do with it; null = everything, or not told. */
  rights: FolderRights | null, };

/** Changes how a folder looks here; null leaves a part as it is. */
export type MailboxLook = {
  /** Folder. */
  id: number,
  /** At the top of the folder list. */
  favourite: boolean | null,
  /** 1 to 6; 0 = none. */
  colour: number | null, };

/** Orders folders of one parent. */
export type MailboxOrder = {
  /** Folders in their order; empty does nothing. */
  ids: Array<number>,
  /** Back to the order by role and name. */
  byName: boolean, };

/** What is known of a folder. */
export type MailboxProperties = {
  /** The folder. */
  mailbox: Mailbox,
  /** Full name as the server spells it, control characters shown as U+FFFD. */
  serverPath: string,
  /** Bytes of its messages, as the server counts them. */
  bytes: number,
  /** Messages whose whole bytes are on this computer. */
  stored: number,
  /** When the oldest message was received, milliseconds since 1970; null = it is empty. */
  oldest: number | null,
  /** When the newest message was received; null = it is empty. */
  newest: number | null,
  /** Messages whose last change the server has not confirmed. */
  pending: number,
  /** When it was last compared with the server; null = never. */
  checkedAt: number | null,
  /** When every message was last compared; null = never. */
  auditedAt: number | null,
  /** Folders below it. */
  below: number, };

/** What a folder is for. */
export type MailboxRole = "inbox" | "drafts" | "sent" | "archive" | "junk" | "trash" | "all" | "other";

/** Says what a folder is for. */
export type MailboxRoleChoice = {
  /** Folder. */
  id: number,
  /** Role; null = as the server or the name says. */
  role: MailboxRole | null, };

/** What changed in the browser. */
export type MaildropChanges = {
  /** Read on from here. */
  version: number,
  /** The listing is another one: rows known before are void. */
  anew: boolean,
  /** What is being done. */
  state: MaildropState,
  /** What is wrong; null when nothing is. */
  problem: Error | null,
  /** Steps done of what is being done. */
  done: number,
  /** Steps in all; 0 = not known. */
  total: number,
  /** When the server was asked; null before. */
  askedAt: number | null,
  /** Messages that the server counts, also those without an id, which have no row. */
  count: number,
  /** What came of the last thing that was done; null before, and from the next on. */
  outcome: MaildropOutcome | null,
  /** Rows that changed, newest first. */
  rows: Array<MaildropRow>,
  /** Ids of rows that went. */
  gone: Array<string>, };

/** What becomes of a message on the server. */
export type MaildropFate = "stays" | "kept" | "next" | "later";

/** How much of a message is here. */
export type MaildropHere = "nothing" | "head" | "whole" | "deleted";

/** One message of a maildrop. */
export type MaildropMessage = {
  /** Account. */
  account: number,
  /** Its id there. */
  uidl: string, };

/** Messages of a maildrop. */
export type MaildropMessages = {
  /** Account. */
  account: number,
  /** Their ids there. */
  uidls: Array<string>, };

/** What came of the last thing that was done. */
export type MaildropOutcome = {
  /** It was a removal; else a download. */
  removal: boolean,
  /** Messages for which it is done. */
  done: number,
  /** Messages for which it was asked. */
  asked: number,
  /** Bytes of those for which it is done. */
  bytes: number, };

/** The beginning of a message. */
export type MaildropPreview = {
  /** Sender; its parts are empty where it has none. */
  from: Address,
  /** Subject; empty = none. */
  subject: string,
  /** Its first forty lines as plain text; empty = no text among them. */
  text: string, };

/** A message on the server. */
export type MaildropRow = {
  /** Its unique id there. */
  uidl: string,
  /** Its place in the maildrop, 1 = the oldest. */
  number: number,
  /** Bytes. */
  size: number,
  /** Sender; null while that is not known. */
  from: Address | null,
  /** Subject; empty = none, or not known yet. */
  subject: string,
  /** When it was received; null while that is not known. */
  at: number | null,
  /** The server does not show its head. */
  headless: boolean,
  /** The message here; null where none is. */
  message: number | null,
  /** How much of it is here. */
  here: MaildropHere,
  /** What becomes of it on the server. */
  fate: MaildropFate,
  /** When it leaves; null unless `fate` is `later`. */
  leavesAt: number | null, };

/** What the browser is doing. */
export type MaildropState = "idle" | "asking" | "waiting" | "heads" | "downloading" | "removing" | "done" | "stopped" | "failed";

/** A mailing list. */
export type MailingList = {
  /** Its name, else its identifier; empty when it gives neither. */
  name: string,
  /** How to leave it. */
  leave: LeaveList,
  /** Where to leave it (`mailto:` or `https:`); empty when it does not say. */
  address: string,
  /** Its own address takes answers (`replyToList`). */
  takesAnswers: boolean,
  /** Its archive, at this message where the message says (`https:`); empty when it has none. */
  archive: string, };

/** Marks messages. */
export type Mark = {
  /** What it is done to. */
  selection: Selection,
  /** New value of the mark that the method names. */
  value: boolean, };

/** How a message's own design is treated. */
export type MessageDesign = "plain" | "designed";

/** A message's head. */
export type MessageHead = {
  /** Message. */
  id: number,
  /** Conversation. */
  thread: number,
  /** Account. */
  account: number,
  /** Folders in which it stands. */
  mailboxes: Array<number>,
  /** Authors. */
  from: Array<Address>,
  /** Recipients. */
  to: Array<Address>,
  /** Copies. */
  cc: Array<Address>,
  /** Blind copies, known for own mail alone. */
  bcc: Array<Address>,
  /** Where replies go; empty when to the authors. */
  replyTo: Array<Address>,
  /** Decoded subject; empty when there is none. */
  subject: string,
  /** First words of the text; empty until the body is here. */
  preview: string,
  /** Received time. */
  at: number,
  /** Date header; null when missing or not a date. */
  sentAt: number | null,
  /** Not read yet. */
  unread: boolean,
  /** Starred. */
  starred: boolean,
  /** Replied to. */
  answered: boolean,
  /** Sent by one of the user's own addresses. */
  own: boolean,
  /** Size, bytes. */
  size: number,
  /** It has attachments. */
  attachments: boolean,
  /** How much of it is here. */
  body: BodyState,
  /** `Message-ID` without angle brackets; empty when missing. */
  messageId: string, };

/** How a message with a design of its own is shown. */
export type MessageLook = "own" | "dark" | "simple";

/** A part of a message. */
export type MessagePart = {
  /** Section as in IMAP; empty for the outermost multipart. */
  section: string,
  /** How deep it stands; 0 for the outermost. */
  depth: number,
  /** Content type, lower case. */
  contentType: string,
  /** Its file name; empty when it has none. */
  name: string,
  /** Transfer encoding and charset as written; empty when missing. */
  encoding: string,
  /** Size, bytes. */
  size: number, };

/** The raw source of a message, for reading. */
export type MessageSource = {
  /** Text, at most 1 MiB; bytes that are not UTF-8 are replaced. */
  text: string,
  /** Size of the whole, bytes. */
  size: number,
  /** False when the text was cut. */
  complete: boolean, };

/** How a message is put together. */
export type MessageStructure = {
  /** Header fields in order. */
  fields: Array<HeaderField>,
  /** Parts in the order in which they stand. */
  parts: Array<MessagePart>, };

/** Moves a folder, with everything below it, to another place of its account. */
export type MoveMailbox = {
  /** Folder. */
  id: number,
  /** New parent; null = the top. */
  parent: number | null, };

/** Moves or copies messages. */
export type MoveMessages = {
  /** What it is done to. */
  selection: Selection,
  /** Folder, also one of another account. */
  mailbox: number, };

/** A row that stands elsewhere now, for another message of its conversation. */
export type MovedRow = {
  /** Its number before; one of `removed`. */
  from: number,
  /** Its number after; one of `inserted`. */
  to: number,
  /** The message that stands for it now. */
  message: number, };

/** The way to the servers. */
export type Network = {
  /** Which proxy is used. */
  mode: ProxyMode,
  /** How the proxy that is set here is spoken to. */
  kind: ProxyKind,
  /** Its host; empty when none was ever set. */
  host: string,
  /** Its port, 1 to 65535. */
  port: number,
  /** Who asks there; empty for nobody in particular. */
  user: string,
  /** A password is kept for it. */
  hasPassword: boolean,
  /** The environment or the setting leads mail through a proxy now. */
  isProxied: boolean, };

/** What a new draft begins with. */
export type NewDraft = { "kind": "blank",
  /** Account to send from; null lets the engine choose. */
  account: number | null,
  /** Recipients; absent = none yet. */
  to?: Array<Address>, } | { "kind": "reply",
  /** Message replied to. */
  message: number,
  /** To all. */
  all: boolean,
  /** The part of the message that is quoted, as its frame shows it; absent = all of it. */
  quote?: string, } | { "kind": "replyToList",
  /** Message replied to. */
  message: number, } | { "kind": "forward",
  /** Message forwarded. */
  message: number, } | { "kind": "forwardAttached",
  /** Messages, at most 100; a row that stands for a conversation means all of it within the view's folders. */
  selection: Selection, } | { "kind": "mailto",
  /** The link. */
  url: string, } | { "kind": "again",
  /** Message. */
  message: number, } | { "kind": "continue",
  /** Message. */
  message: number, };

/** No parameters, or nothing to say. */
export type Nothing = Record<symbol, never>;

/** An action on messages. */
export type OnMessages = {
  /** What it is done to. */
  selection: Selection, };

/** Asks for a conversation. */
export type OpenConversation = {
  /** The message that was clicked. */
  message: number,
  /** Only this message (a list of single messages). */
  single: boolean, };

/** Asks for a message. */
export type OpenMessage = {
  /** Message. */
  id: number,
  /** Show remote pictures this once. */
  remote: boolean,
  /** Theme of the frame: `light`, `dark` or `contrast`. */
  theme: string,
  /** How to show it, this once; null as the user chose for its sender. */
  look: MessageLook | null, };

/** A message opened for reading. */
export type OpenedMessage = {
  /** Its head. */
  head: MessageHead,
  /** URL of the frame on the content scheme, under an unguessable token; empty while the body is missing. */
  frameUrl: string,
  /** How its design is treated. */
  design: MessageDesign,
  /** How it is shown. */
  look: MessageLook,
  /** It has a design that can be shown otherwise: HTML. */
  hasDesign: boolean,
  /** Files, without pictures shown in the text. */
  attachments: Array<Attachment>,
  /** Remote pictures that were not loaded. */
  blockedImages: number,
  /** Hosts of these, sorted. */
  blockedHosts: Array<string>,
  /** Remote pictures are allowed for this sender. They are not loaded for one who could not be confirmed. */
  remoteAllowed: boolean,
  /** The sender's domain, where it can be allowed as a whole; empty where everybody can have an address there. */
  remoteDomain: string,
  /** Who would count that this message was read, by pictures that are never fetched: services by name or hosts,
   * each once. */
  pixels: Array<string>,
  /** What to know, most important first. */
  trust: Array<TrustLine>,
  /** What of it is on its way, or was begun and stopped. */
  downloads: Array<Download>,
  /** Why the body is not here and what happens next; null when it is. */
  problem: Error | null,
  /** Bytes that wait on the POP3 server until the user asks for them (`messages.fetchRest`); null when none do. */
  restBytes: number | null,
  /** Its copy on the POP3 server; null where there is none to speak of (IMAP, own mail). */
  serverCopy: ServerCopy | null,
  /** Minutes east of UTC of the clock that its Date was written by; null when missing or not a date. */
  sentOffset: number | null,
  /** The mailing list that it came through; null when through none. */
  list: MailingList | null,
  /** The event that it brings; null when none. */
  invitation: Invitation | null,
  /** What it reports of another message; null when nothing. */
  report: DeliveryReport | null,
  /** Who wants to be told that it was read, and was not answered yet; null when nobody, or when such wishes are never
   * answered. */
  receiptTo: Address | null,
  /** BCP 47 language guessed for choosing glyphs (`zh-CN`, `ja`); empty when none stands out. */
  lang: string,
  /** The encoding that it is read in because the user chose so; null = what it says. */
  charset: string | null, };

/** A view that was opened, with its first window. */
export type OpenedView = {
  /** Handle for windows, deltas and selections; ends with `views.close` or the window. */
  view: number,
  /** Version that the rows belong to. */
  version: number,
  /** Rows known so far; of a search, the hits found so far. */
  total: number,
  /** Unread rows among them. */
  unread: number,
  /** More rows may follow the last one: they are looked for, and deltas bring them until one says that this is over. */
  counting: boolean,
  /** The first rows, at most 128. */
  rows: Array<Row>,
  /** Of a search: what was understood; null otherwise. */
  search: SearchInfo | null, };

/** A message on its way out. */
export type OutboxItem = {
  /** Local id. */
  id: number,
  /** Account. */
  account: number,
  /** Where it stands. */
  state: OutboxState,
  /** Subject. */
  subject: string,
  /** `Message-ID` without angle brackets, fixed for ever. */
  messageId: string,
  /** Each recipient's result. */
  recipients: Array<RecipientResult>,
  /** Size, bytes. */
  size: number,
  /** Bytes that went out in the current try. */
  sentBytes: number,
  /** When the user pressed send. */
  queuedAt: number,
  /** Not before this time; in the undo window, its end. */
  notBeforeAt: number,
  /** The user chose that time: it is no undo window. */
  scheduled: boolean,
  /** The user holds it back: it waits until it is let go. */
  held: boolean,
  /** Tries so far. */
  tries: number,
  /** Next try; null when none is planned. */
  nextTryAt: number | null,
  /** What went wrong last; null when nothing did. */
  problem: Error | null,
  /** The server's reply that took it; empty before. */
  receipt: string,
  /** It can still be taken back into a draft. */
  canUndo: boolean, };

/** Where a message stands on its way out (`src-tauri/docs/SYNC.md` draws it). */
export type OutboxState = "queued" | "needsPassword" | "connecting" | "recipients" | "data" | "dotSent" | "accepted" | "unknown" | "refused" | "done";

/** How large a page of a file is, as it is turned. */
export type PageSize = {
  /** Width, points of 1/72 inch; at least one. */
  width: number,
  /** Height, points; at least one. */
  height: number, };

/** Text to read as addresses (a paste). */
export type ParseAddresses = {
  /** As pasted. */
  text: string, };

/** An address and whether it can be right. */
export type ParsedAddress = {
  /** As read. */
  address: Address,
  /** It can be sent to. */
  valid: boolean, };

/** Addresses read from text. */
export type ParsedAddresses = {
  /** In order; one that cannot be right keeps its text in `email`. */
  addresses: Array<ParsedAddress>, };

/** People found in the address book. */
export type PeopleFound = {
  /** By name, as many as were asked for. */
  people: Array<Person>,
  /** How many there are. */
  total: number, };

/** What came of a file of contact cards. What was in the address book stays; cards add to it. */
export type PeopleImported = {
  /** People who are new. */
  added: number,
  /** People of the address book who got something that they lacked. */
  completed: number,
  /** Cards of which everything was there. */
  known: number,
  /** Groups that are new or got members. */
  groups: number,
  /** Cards that say nothing that can be kept, or for whom there is no room. */
  leftOut: number,
  /** Addresses that nobody can write to, and were left out; the first 20. */
  badAddresses: Array<string>, };

/** Somebody in the address book. */
export type Person = {
  /** Local id; 0 for one that is to be added. */
  id: number,
  /** Name, at most 200 letters; empty where only addresses are known. */
  name: string,
  /** Organisation, at most 200 letters; empty when missing. */
  organization: string,
  /** What somebody does there; empty when missing. */
  title: string,
  /** Mail addresses, in order, at most 50 like everything below. */
  emails: Array<CardEntry>,
  /** Telephone numbers. */
  phones: Array<CardEntry>,
  /** Postal addresses, lines separated by `\n`. */
  addresses: Array<CardEntry>,
  /** Pages. */
  urls: Array<CardEntry>,
  /** Birthday as written; empty when missing. */
  birthday: string,
  /** The user's words about them, at most 2,000 letters; empty when missing. */
  note: string, };

/** A certificate that the user accepted. */
export type Pin = {
  /** For which server of the account. */
  side: ServerSide,
  /** SHA-256, in pairs of hexadecimal digits with colons. */
  fingerprint: string, };

/** Accepts exactly this certificate for one server of an account, or takes that back. */
export type PinCertificate = {
  /** Account. */
  id: number,
  /** Which of its servers. */
  side: ServerSide,
  /** The fingerprint; empty takes back what was accepted. */
  fingerprint: string, };

/** When a message leaves the POP3 server. It never leaves before all of it is safe here, unless it was deleted here. */
export type PopPolicy = "leave" | "afterDays" | "whenDeleted" | "whenMoved" | "atOnce" | "never";

/** Everything about a POP3 maildrop that the user can set. */
export type PopRules = {
  /** When messages leave the server. */
  policy: PopPolicy,
  /** Days for `afterDays`, 1 to 3650; kept and unused otherwise. */
  days: number,
  /** Starred messages stay on the server, except those deleted here. */
  keepStarred: boolean,
  /** Bytes above which only a message's head comes by itself; 0 = everything comes. */
  headOnlyAbove: number,
  /** Sign in by APOP (MD5) where the server offers it and nothing better. */
  allowApop: boolean,
  /** Look for mail when the program starts; else only by interval, and when asked. */
  lookAtStart: boolean, };

/** What rules would do to a maildrop. */
export type PopRulesPreview = {
  /** Messages that would leave the server with the next look. */
  now: number,
  /** Their bytes. */
  nowBytes: number,
  /** When the oldest of them was received; null when there is none. */
  oldestAt: number | null,
  /** Messages that would leave later by themselves. */
  later: number,
  /** When the first of these leaves; null when none does. */
  firstAt: number | null,
  /** Messages that stay. */
  stay: number,
  /** Of these, messages whose contents are not on this computer. */
  notHere: number, };

/** How a server presents itself. */
export type PresentedCertificate = {
  /** What is wrong; null when nothing is. */
  problem: Error | null,
  /** The certificate; null where nothing is wrong with one. */
  certificate: Certificate | null, };

/** What a file looks like. */
export type Preview = { "kind": "picture", } | { "kind": "text",
  /** URL of the frame's document. */
  frameUrl: string,
  /** Encoding that it was read in; empty for a page. */
  charset: string,
  /** Only its beginning is shown. */
  cut: boolean, } | { "kind": "table",
  /** URL of the frame's document. */
  frameUrl: string,
  /** Encoding that it was read in. */
  charset: string,
  /** Rows that are shown. */
  rows: number,
  /** There are more rows, columns or letters than are shown. */
  cut: boolean, } | { "kind": "message",
  /** URL of the frame's document. */
  frameUrl: string,
  /** Everything beside its text. */
  message: InnerMessage, } | { "kind": "events",
  /** In order, at most 50. */
  events: Array<Invitation>, } | { "kind": "cards",
  /** In order, at most 50. */
  cards: Array<ContactCard>, } | { "kind": "pages",
  /** Beginning of the URL of a page; `NUMBER-PIXELS` follows: its number from one and how wide it is drawn, at most
   * 4,096 pixels. */
  pageUrl: string,
  /** How large each is, in order; at least one, at most 5,000. */
  sizes: Array<PageSize>, } | { "kind": "none",
  /** Why. */
  why: PreviewRefusal, };

/** Asks what a file looks like. Nothing remote is fetched and nothing runs. */
export type PreviewAttachment = {
  /** Message. */
  message: number,
  /** Number of the part. */
  part: number,
  /** The way into messages inside it: numbers of their files, outermost first. Absent = the part itself. */
  inside?: Array<number>,
  /** Theme of the frame: `light`, `dark` or `contrast`. */
  theme: string, };

/** Asks what rules would do to a maildrop, as far as it is known from the last look. */
export type PreviewPopRules = {
  /** Account. */
  id: number,
  /** Rules that may not be saved yet. */
  rules: PopRules, };

/** Why a file is not shown. */
export type PreviewRefusal = "kind" | "dangerous" | "tooLarge" | "empty" | "damaged" | "locked" | "tooManyPages" | "tooMuch";

/** A file as it is looked at. */
export type PreviewedFile = {
  /** Safe file name. */
  name: string,
  /** Content type, lower case. */
  contentType: string,
  /** Decoded size, bytes. */
  size: number,
  /** URL of the file on the content scheme. */
  url: string,
  /** What it looks like. */
  preview: Preview, };

/** A line of a printed head. */
export type PrintLine = {
  /** Its name in the user's language. */
  label: string,
  /** Its words. */
  text: string, };

/** Asks for a message as it is printed. Remote pictures are left out. */
export type PrintMessage = {
  /** Message. */
  id: number,
  /** Printed large, on top. */
  title: string,
  /** Head, in order. */
  lines: Array<PrintLine>, };

/** A message ready to be printed. */
export type Printable = {
  /** URL of the document on the content scheme; the document needs nothing but itself. */
  url: string, };

/** How far a proof is. */
export type ProofProgress = {
  /** Account. */
  account: number,
  /** The folder that is being compared; null before the first. */
  mailbox: number | null,
  /** Messages of it that were compared. */
  done: number,
  /** Messages of it. */
  total: number,
  /** Folders that are done. */
  foldersDone: number,
  /** Folders in all. */
  folders: number, };

/** Asks what could leave the server. */
export type ProposeStorage = {
  /** Account. */
  account: number,
  /** Bytes to be freed. */
  bytes: number,
  /** What goes first. */
  order: StorageOrder, };

/** A mail protocol. */
export type Protocol = "imap" | "pop3" | "smtp" | "local";

/** Asks for a proof. */
export type Prove = {
  /** Account. */
  account: number,
  /** Folder; null = all of the account. */
  mailbox: number | null, };

/** What must be known about a provider before a password is typed. */
export type ProviderAdvice = "none" | "appPassword" | "noPasswords" | "authorisationCode";

/** How a proxy is spoken to. */
export type ProxyKind = "socks5" | "http";

/** Which proxy is used. */
export type ProxyMode = "system" | "direct" | "manual";

/** Quick filter; all that are set must hold. */
export type QuickFilter = {
  /** Unread alone. */
  unread: boolean,
  /** Starred alone. */
  starred: boolean,
  /** With files alone. */
  withFiles: boolean, };

/** A quota of a server (RFC 9208). */
export type Quota = {
  /** Name of what it holds for; often empty. */
  root: string,
  /** Bytes used. May be above the limit. */
  used: number,
  /** Bytes allowed. */
  limit: number, };

/** Asks for rows. */
export type RangeOfView = {
  /** View. */
  view: number,
  /** First row. */
  start: number,
  /** Rows wanted, 1 to 512. */
  len: number, };

/** Asks for what was said. */
export type ReadConsole = {
  /** Number of the last line that is known; 0 = none. */
  after: number,
  /** Milliseconds to wait where there is nothing yet, at most 20,000. */
  waitMs: number, };

/** Asks for the ledger. */
export type ReadLedger = {
  /** Account; null = all. */
  account: number | null, };

/** Asks what changed. */
export type ReadMaildrop = {
  /** Account. */
  account: number,
  /** Version that is known; 0 = none. */
  after: number,
  /** Milliseconds to wait where nothing has changed, at most 20,000. */
  waitMs: number, };

/** Asks for a picture of a file for a signature. Outside a test the path comes from the system's dialog. */
export type ReadPicture = {
  /** Absolute path. */
  path: string, };

/** A line that was said on the connection. */
export type ReceiptLine = {
  /** When. */
  at: number,
  /** `C: ` (this program) or `S: ` (the server) and the line; nothing secret, nothing of the message's text. */
  line: string, };

/** A step of a message on its way, as it was written down when it happened. */
export type ReceiptStep = {
  /** When. */
  at: number,
  /** Which: `queued`, `connecting`, `recipients`, `data`, `dot-sent`, `accepted`, `filed`, `done`, or how it ended. */
  step: string,
  /** What the server said; empty when it said nothing. */
  said: string, };

/** A recipient's result. */
export type RecipientResult = {
  /** Recipient. */
  address: Address,
  /** `waiting`, `accepted`, `delayed`, `refused`. */
  state: string,
  /** Reply code; null before any reply. */
  code: number | null,
  /** The server's sentence; empty before any reply. */
  said: string, };

/** How an event repeats (RFC 5545 section 3.3.10). */
export type Recurrence = {
  /** `daily`, `weekly`, `monthly`, `yearly`, `other`. */
  frequency: string,
  /** Each so many days, weeks, …; at least 1. */
  interval: number,
  /** Days of the week; empty when not said. */
  days: Array<RuleDay>,
  /** Days of the month, counted from its end when negative; empty when not said. */
  monthDays: Array<number>,
  /** Months, 1 to 12; empty when not said. */
  months: Array<number>,
  /** How many times in all; null when not said. */
  count: number | null,
  /** Last time; null when not said. */
  until: EventTime | null,
  /** There is more to it than this: exceptions, further dates. */
  hasMore: boolean, };

/** Sends a message on as it came, with `Resent-` fields before it (RFC 5322 section 3.6.6). */
export type RedirectMessage = {
  /** Message. */
  message: number,
  /** Account to send with. */
  account: number,
  /** Identity of that account. */
  identity: number,
  /** Recipients. */
  to: Array<Address>,
  /** Seconds in which it can be taken back, 0 to 60. */
  undoSeconds: number, };

/** What removing an account would do, for the question that is asked before. */
export type RemovalPreview = {
  /** Messages kept on this computer for it. */
  messages: number,
  /** Of these, messages that exist nowhere else (POP3, local folders, never uploaded). */
  onlyHere: number,
  /** Messages of the outbox that are not sent yet. */
  unsent: number,
  /** Operations that the server has not been told. */
  pendingOperations: number, };

/** Removes an account and its mail from this computer. */
export type RemoveAccount = {
  /** Account. */
  id: number,
  /** The number of messages that exist only here, as previewed: a guard against a stale question. */
  onlyHereConfirmed: number, };

/** Removes a file of a draft. */
export type RemoveDraftAttachment = {
  /** Draft. */
  draft: number,
  /** File. */
  attachment: number, };

/** Removes an identity; drafts that were written with it are sent with the account's own. */
export type RemoveIdentity = {
  /** Its account. */
  account: number,
  /** Identity. */
  id: number, };

/** Renames a folder, in place. */
export type RenameMailbox = {
  /** Folder. */
  id: number,
  /** New name, one level. */
  name: string, };

/** What became of a message for one recipient. */
export type ReportFate = "failed" | "delayed" | "delivered" | "relayed" | "read" | "unread";

/** Why a message did not arrive. */
export type ReportReason = "noSuchAddress" | "full" | "tooLarge" | "refused" | "unreachable" | "unknown";

/** What was reported of a sent message for one recipient. */
export type ReportedFate = {
  /** Recipient. */
  address: string,
  /** What became of it. */
  fate: ReportFate,
  /** The last server's sentence, with its code where it has one; empty when missing. */
  said: string,
  /** When the report was received. */
  at: number,
  /** The message that reports it; null when it is gone. */
  message: number | null, };

/** What became of a message for one recipient. */
export type ReportedRecipient = {
  /** Address, as the report writes it. */
  address: string,
  /** What became of it. */
  fate: ReportFate,
  /** Why. */
  reason: ReportReason,
  /** The last server's sentence with its code; empty when missing. */
  said: string, };

/** Sends what was refused once more: same bytes, same Message-ID, only the envelope carries the addresses given. */
export type ResendRefused = {
  /** Outbox row. */
  id: number,
  /** Recipients that are corrected; the others are tried as they are. */
  corrections: Array<Correction>, };

/** Resolves an unknown fate. */
export type ResolveUnknown = {
  /** Outbox row. */
  id: number,
  /** What the user knows. */
  answer: UnknownAnswer, };

/** Goes back to an earlier version of a draft. */
export type RestoreVersion = {
  /** Draft. */
  draft: number,
  /** The revision that the page saw last; another one answers with `conflict`. */
  revision: number,
  /** Version. */
  version: number, };

/** A row of a list. */
export type Row = {
  /** The message that stands for the row: the newest of the conversation within the view. */
  message: number,
  /** Conversation. */
  thread: number,
  /** Account. */
  account: number,
  /** Folder in which it stands. */
  mailbox: number,
  /** Who takes part, newest last, at most 4; recipients in Sent and Drafts. */
  people: Array<Address>,
  /** True when `people` are recipients. */
  outgoing: boolean,
  /** Decoded subject; empty when there is none. */
  subject: string,
  /** First words of the text; empty until the body is here. */
  preview: string,
  /** Received time. */
  at: number,
  /** Messages in the conversation, in this account; 1 in a view of single messages. */
  count: number,
  /** Something in the row is unread. */
  unread: boolean,
  /** Something in the row is starred. */
  starred: boolean,
  /** The newest message was replied to. */
  answered: boolean,
  /** It was forwarded. */
  forwarded: boolean,
  /** A draft belongs to the conversation. */
  draft: boolean,
  /** Something in the row has attachments. */
  attachments: boolean,
  /** Size of the newest message, bytes. */
  size: number, };

/** A day of the week in a rule. */
export type RuleDay = {
  /** 1 is Monday, 7 is Sunday. */
  weekday: number,
  /** Which one of the month or year, counted from its end when negative; 0 for each. */
  nth: number, };

/** Saves a file of a message. Outside a test the path comes from the system's save dialog. */
export type SaveAttachment = {
  /** Message. */
  message: number,
  /** Number of the part; null saves all into the folder `path`. */
  part: number | null,
  /** The way into messages inside that part: numbers of their files, outermost first. Absent = the part itself. */
  inside?: Array<number>,
  /** Absolute path of the file or, for all, the folder. An existing file is never replaced by *save all*: the name gets a number. */
  path: string, };

/** Writes what the console keeps into a file. */
export type SaveConsole = {
  /** Absolute path. */
  path: string,
  /** Connections whose lines are written; empty = all. */
  connections: Array<number>,
  /** Words that each line contains; empty = all lines. */
  words: string, };

/** Saves what the user typed. Everything but the files, which have methods of their own. */
export type SaveDraft = {
  /** Draft. */
  id: number,
  /** The revision that the page saw last; another one answers with `conflict`. */
  revision: number,
  /** Account to send from. */
  account: number,
  /** Address to send as. */
  from: Address,
  /** Recipients. */
  to: Array<Address>,
  /** Copies. */
  cc: Array<Address>,
  /** Blind copies. */
  bcc: Array<Address>,
  /** Subject. */
  subject: string,
  /** HTML of the editor. */
  html: string,
  /** Text. */
  text: string,
  /** Plain-text mode. */
  plain: boolean,
  /** The quoted original goes along. */
  includeOriginal: boolean, };

/** Saves a message as an .eml file. */
export type SaveMessage = {
  /** Message. */
  message: number,
  /** Absolute path. */
  path: string, };

/** Saves a template. */
export type SaveTemplate = {
  /** The one that is changed; null for a new one. */
  id: number | null,
  /** Name, 1 to 80 letters; one of the same name is replaced. */
  name: string,
  /** Subject; may be empty. */
  subject: string,
  /** Its text, at most 256 KiB. */
  html: string, };

/** Where files were saved. */
export type Saved = {
  /** Absolute paths. */
  paths: Array<string>, };

/** Chooses when a message of the outbox is sent; it is not held back any more. */
export type ScheduleMessage = {
  /** Outbox row. */
  id: number,
  /** Not before this time, at most a year ahead. */
  at: number, };

/** How a search was understood and how much it covers. */
export type SearchInfo = {
  /** Pieces of the typed text, for chips. */
  tokens: Array<SearchToken>,
  /** Messages whose bodies are searchable. */
  indexed: number,
  /** Messages in the searched places. */
  messages: number,
  /** Words to mark in the rows. */
  highlight: Array<string>, };

/** Looks through the address book. */
export type SearchPeople = {
  /** Words of names, organisations, notes, addresses or numbers, or how a Chinese name is typed; empty finds all. */
  text: string,
  /** At most this many, 1 to 1,000. */
  limit: number, };

/** A piece of a search as typed. */
export type SearchToken = {
  /** Start in UTF-16 units, as the page counts. */
  start: number,
  /** End, exclusive. */
  end: number,
  /** `word`, `phrase`, `operator`, `not`, `or`, `paren`, `unknown`. */
  kind: string,
  /** Canonical operator (`from`, `is`, …); empty otherwise. */
  operator: string,
  /** Hint where something was not understood; empty otherwise. */
  hint: string, };

/** How the place of the passwords stands. */
export type SecretsDoor = "open" | "locked" | "new" | "absent";

/** What an action is done to. */
export type Selection = { "kind": "messages",
  /** Messages. */
  messages: Array<number>, } | { "kind": "rows",
  /** View. */
  view: number,
  /** Messages that stand for the rows. */
  messages: Array<number>, } | { "kind": "all",
  /** View. */
  view: number,
  /** Messages that stand for the rows left out. */
  except: Array<number>, };

/** What stands between a draft and its sending; the page asks, the user decides. */
export type SendCheck = {
  /** Addresses that cannot be right; these stop it. */
  invalid: Array<string>,
  /** Addresses that are probably meant otherwise; asked about. */
  typos: Array<AddressTypo>,
  /** No recipient at all; this stops it. */
  noRecipient: boolean,
  /** No subject. */
  emptySubject: boolean,
  /** The text speaks of a file and there is none; the word that says so, or empty. */
  forgottenAttachment: string,
  /** Larger than the server takes; this stops it. */
  tooLarge: boolean, };

/** Sends a draft: it becomes an outbox row in the same transaction in which it ends as a draft. */
export type SendDraft = {
  /** Draft. */
  id: number,
  /** The revision that the page saw last. */
  revision: number,
  /** Seconds in which it can be taken back, 0 to 60. */
  undoSeconds: number,
  /** Not before this time, at most a year ahead. Absent or null: at once, after the seconds above. */
  notBeforeAt?: number | null,
  /** It waits in the outbox until it is let go. Absent = false. */
  hold?: boolean, };

/** How a message was handed over. */
export type SendReceipt = {
  /** Outbox row. */
  id: number,
  /** `Message-ID` without angle brackets. */
  messageId: string,
  /** Sender of the envelope. */
  sender: string,
  /** Size of what was sent, bytes. */
  size: number,
  /** SHA-256 of what was sent, in hex; empty before a server was reached. */
  sha256: string,
  /** Server that it was handed to; empty before one was reached. */
  server: string,
  /** Its IP address and port; empty where a proxy stood in between. */
  address: string,
  /** Protection of the connection (`TLS 1.3`); empty when there was none. */
  security: string,
  /** SHA-256 of the server's certificate, in hex; empty when there was none. */
  certificate: string,
  /** The server's name for the message; empty when it told none. */
  queueId: string,
  /** When the server took it; null when it did not. */
  acceptedAt: number | null,
  /** What was said to each recipient. */
  recipients: Array<RecipientResult>,
  /** Delivery reports: `none` (nobody asked for any), `asked`, `notOffered` (the server cannot). */
  reports: string,
  /** What was reported since, oldest first. */
  fates: Array<ReportedFate>,
  /** Its steps, oldest first. */
  steps: Array<ReceiptStep>,
  /** What was said on the connection, oldest first. */
  lines: Array<ReceiptLine>,
  /** All of this as text, to be copied. */
  text: string, };

/** A sender and what the mail takes. */
export type SenderShare = {
  /** Who. */
  from: Address,
  /** Bytes of the messages. */
  bytes: number,
  /** Messages. */
  messages: number, };

/** A server and whom to be there. */
export type Server = {
  /** Protocol spoken. */
  protocol: Protocol,
  /** Host name or address. */
  host: string,
  /** TCP port. */
  port: number,
  /** Protection; plaintext only because the user said so. */
  encryption: Encryption,
  /** User name; empty means no authentication (outgoing only). */
  username: string, };

/** A message's copy on a POP3 server. */
export type ServerCopy = {
  /** What becomes of it. */
  state: ServerCopyState,
  /** When it leaves or left; null where it stays, and where it goes with the next look. */
  at: number | null, };

/** What becomes of a message's copy on the POP3 server. */
export type ServerCopyState = "stays" | "leaves" | "left";

/** One of an account's two servers. */
export type ServerSide = "incoming" | "outgoing";

/** Says what happens when a recipient is refused. */
export type SetAllOrNothing = {
  /** Account. */
  id: number,
  /** True: nobody gets the message. False: those get it who can. */
  value: boolean, };

/** Remembers in which encoding mail like a message is read: mail of its sender that would be read in the same one. */
export type SetCharset = {
  /** A message of the sender. */
  message: number,
  /** Its name; null = what the mail says. */
  charset: string | null, };

/** Chooses when the user is reminded of a draft's message, where nobody answered it. */
export type SetDraftFollowUp = {
  /** Draft. */
  id: number,
  /** When; null = never. */
  when: FollowUpWhen | null, };

/** Rules for an account. */
export type SetDropRules = {
  /** Account. */
  account: number,
  /** All of them in their order, at most 100. */
  rules: Array<DropRule>, };

/** Switches an account on or off. */
export type SetEnabled = {
  /** Account. */
  id: number,
  /** On or off. */
  enabled: boolean, };

/** Chooses when the user is reminded of a sent message. Answers that are here already do not count. */
export type SetFollowUp = {
  /** Sent message. */
  message: number,
  /** When; at most a year ahead. */
  at: number, };

/** Remembers how mail of a sender is shown. */
export type SetLook = {
  /** A message from the sender. */
  message: number,
  /** How. */
  look: MessageLook, };

/** Chooses the way to the servers. */
export type SetNetwork = {
  /** Which proxy is used. */
  mode: ProxyMode,
  /** How it is spoken to. */
  kind: ProxyKind,
  /** Its host. */
  host: string,
  /** Its port, 1 to 65535. */
  port: number,
  /** Who asks there; empty for nobody in particular. */
  user: string,
  /** The password there; null keeps it. */
  password: string | null, };

/** Works offline, or online again. */
export type SetOffline = {
  /** True: close all connections and plan none. */
  offline: boolean, };

/** Gives an account its new password; verified before it is stored. */
export type SetPassword = {
  /** Account. */
  id: number,
  /** New incoming password; null keeps it. */
  incomingPassword: string | null,
  /** New outgoing password; null means the same as the incoming one. */
  outgoingPassword: string | null,
  /** Ticket of a sign-in that came to its end, in place of passwords; null for passwords. */
  signIn: string | null, };

/** Chooses what a draft asks for, or what all messages of an account do unless they are told otherwise. */
export type SetWishes = {
  /** Draft or account; the method says which. */
  id: number,
  /** What is asked for. */
  wishes: Wishes, };

/** All settings; `settings.set` takes the whole. */
export type Settings = {
  /** `system`, `light`, `dark`, `contrast`. */
  theme: string,
  /** `system`, `en`, `zh-CN`. */
  language: string,
  /** `compact`, `cosy`, `relaxed`. */
  density: string,
  /** Text size in percent, 80 to 200. */
  textSize: number,
  /** One row a conversation. */
  conversations: boolean,
  /** Seconds in view until a message counts as read, 0 to 60; null for never by itself. */
  markReadSeconds: number | null,
  /** After archive, delete or move: `next`, `previous`, `list`. */
  afterRemoval: string,
  /** Load remote pictures of everybody. Off unless the user chose it. */
  remoteImages: boolean,
  /** To those who want to be told that their message was read: `ask`, `never`. */
  readReceipts: string,
  /** Seconds in which a sent message can be taken back, 0 to 60. */
  undoSendSeconds: number,
  /** New messages start in plain-text mode. */
  composePlain: boolean,
  /** Where answers stand to the message that they quote: `above`, `below`. */
  answerPlace: string,
  /** Where the signature of an answer above the original stands: `answer` = below the answer, `quote` = below the
   * original. An answer below the original has it below itself. */
  signaturePlace: string,
  /** Spelling is checked while writing. */
  spellCheck: boolean,
  /** Languages in which spelling is checked, as dictionaries are named (`en_US`); empty for those of the system
   * and of the interface. */
  spellLanguages: Array<string>,
  /** Shortcut preset: `gmail`, `outlook`, `apple`, `thunderbird`. */
  shortcuts: string,
  /** Single letters are shortcuts. */
  singleKeyShortcuts: boolean,
  /** Notifications of new mail. */
  notifications: boolean,
  /** Closing the window keeps Posthorn running. */
  keepRunning: boolean, };

/** A sign-in that waits for the browser. */
export type SignInBegun = {
  /** Names it to `signIn.wait` and `signIn.cancel`. */
  ticket: string,
  /** The page that the system's browser is to open. */
  url: string, };

/** Who signs users in through the browser. */
export type SignInProvider = {
  /** Its id, for `signIn.begin`. */
  id: string,
  /** Its name as people know it. */
  name: string,
  /** A client id is configured: without one nobody can sign in. */
  configured: boolean, };

/** Names a sign-in. */
export type SignInTicket = {
  /** As `signIn.begin` gave it. */
  ticket: string, };

/** The words of the page that the browser shows in the end, in the user's language. */
export type SignInWords = {
  /** BCP 47 language of the words. */
  language: string,
  /** Heading after a yes. */
  doneTitle: string,
  /** What to do next after a yes. */
  doneText: string,
  /** Heading after a no. */
  deniedTitle: string,
  /** What to do next after a no. */
  deniedText: string, };

/** A picture that may stand in a signature. */
export type SignatureImage = {
  /** It as a `data:` URL. */
  url: string, };

/** Names a signature. */
export type SignatureRef = {
  /** Identity. */
  identity: number,
  /** Signature. */
  id: number, };

/** What is written below a message. */
export type SignatureWords = {
  /** Local id; 0 for one that is to be added. */
  id: number,
  /** Identity that it belongs to. */
  identity: number,
  /** What the user calls it, at most 80 letters; empty = it is called after its words. */
  name: string,
  /** As HTML, at most 64 KiB without its pictures, which are `data:` URLs of at most 256 KiB each; cleaned when it is
   * saved, and refused where a picture lies elsewhere. */
  html: string,
  /** As plain text, at most 64 KiB; empty = what the HTML says. */
  text: string,
  /** What stands in a plain-text message below `-- `. Filled by the engine; ignored when saving. */
  plain: string, };

/** The signatures of an identity, and what it signs with. */
export type Signatures = {
  /** In order. */
  list: Array<SignatureWords>,
  /** Below new messages; null = nothing. */
  forNew: number | null,
  /** Below answers and what is forwarded; null = nothing. */
  forAnswers: number | null, };

/** A sign-in that came to its end. Its tokens stay with the engine, under the ticket, for an account to use. */
export type SignedIn = {
  /** The ticket, for `accounts.add` and `accounts.setPassword`. */
  ticket: string,
  /** The address that signed in; empty where the provider does not say. */
  address: string,
  /** False: another address signed in than the one that is meant. */
  isMeant: boolean, };

/** Order of a view. */
export type SortKey = "date" | "sender" | "subject" | "size";

/** Makes a conversation of its own. */
export type SplitConversation = {
  /** Message. */
  message: number,
  /** How much. */
  reach: SplitReach, };

/** How much of a conversation is split off. */
export type SplitReach = "message" | "fromHere";

/** How a step of discovery went. */
export type StepState = "running" | "found" | "nothing" | "failed";

/** Which messages are proposed first. */
export type StorageOrder = "largest" | "oldest";

/** What takes the room of an account; by the sizes that the server told, nothing is fetched for it. */
export type StorageOverview = {
  /** Bytes of all messages in folders. */
  bytes: number,
  /** Messages in folders. */
  messages: number,
  /** Quotas of the server's storage; empty = none, or not told. */
  quotas: Array<Quota>,
  /** Why the server could not be asked; null = it was, or there is none. */
  quotaProblem: Error | null,
  /** All folders that hold something, the largest first. */
  folders: Array<FolderShare>,
  /** The largest senders. */
  senders: Array<SenderShare>,
  /** The largest messages. */
  large: Array<LargeMessage>,
  /** The largest files. */
  files: Array<LargeFile>, };

/** What could leave the server. Starred messages and drafts stay. */
export type StorageProposal = {
  /** Messages, in the order asked for. */
  messages: Array<LargeMessage>,
  /** Bytes that they take. */
  bytes: number, };

/** Subscribes to a folder, or ends that. */
export type SubscribeMailbox = {
  /** Folder. */
  id: number,
  /** Subscribed. */
  value: boolean, };

/** Waits until synchronisation has come to rest; for tests and scripts. */
export type SyncWait = {
  /** Account; null means all enabled ones. */
  account: number | null,
  /** Longest wait, milliseconds, at most 600,000. */
  timeoutMs: number, };

/** How a wait ended. */
export type SyncWaited = {
  /** True when every account came to rest; false when the time was over. */
  settled: boolean,
  /** The state of each. */
  accounts: Array<AccountStatus>, };

/** A template. */
export type Template = {
  /** Local id. */
  id: number,
  /** Name, 1 to 80 letters; no two are the same. */
  name: string,
  /** Subject for a message that has none yet; empty leaves it alone. */
  subject: string,
  /** Its text, cleaned. Fields stand in braces: `{name}`, `{first}`, `{email}`, `{me}`, `{date}`, `{subject}`, and
   * `{姓名}`, `{日期}` and so on; the page fills in what it knows and leaves the others. */
  html: string,
  /** The same for plain-text mode. Filled by the engine. */
  text: string, };

/** A file of a conversation. */
export type ThreadFile = {
  /** The message that has it. */
  message: number,
  /** The file; without URL. */
  file: Attachment, };

/** The files of a conversation. */
export type ThreadFiles = {
  /** In the order of the messages, at most 1,000; pictures in texts are left out. */
  files: Array<ThreadFile>, };

/** A line above the message that says what to know of its sender or content; the most important first. */
export type TrustLine = {
  /** `lookalike`, `mixedScript`, `nameIsAddress`, `authFailed`, `otherAddress`, `replyElsewhere`, `linkMismatch`,
   * `linkOdd`, `defect`, `firstMail`, `list`. */
  kind: string,
  /** The words that go into the line (an address, a host, a defect); may be empty. */
  detail: string,
  /** What `detail` is compared with (the domain that is imitated, the address that is pretended, the host that a
   * text names, the check that failed); empty where there is nothing. */
  other: string, };

/** A sent message that nobody answered in time. */
export type Unanswered = {
  /** Message. */
  message: number,
  /** To whom it went, as shown; empty when to nobody named in it. */
  to: string,
  /** Subject. */
  subject: string, };

/** What an action did, for the undo bar. */
export type Undoable = {
  /** Operation for `operations.undo`; null when nothing changed or it cannot be undone. */
  operation: number | null,
  /** `read`, `unread`, `star`, `unstar`, `move`, `copy`, `archive`, `empty`, `subscribe`, `unsubscribe`, `moveMailbox`, `trash`, `delete`, `junk`, `notJunk`, `markAllRead`, `createMailbox`, `renameMailbox`, `deleteMailbox`, `split`, `merge`, `rejoin`, `separate`. */
  action: string,
  /** Messages (or folders, or conversations) it was done to. */
  count: number,
  /** Folder name that goes into the sentence (where it went); empty where there is none. */
  folder: string, };

/** What the user knows about a message whose fate is unknown. */
export type UnknownAnswer = "arrived" | "sendAgain" | "keep";

/** Opens the encrypted file of passwords, or creates it where there is none. */
export type UnlockSecrets = {
  /** Master password; never empty. */
  passphrase: string, };

/** A message that the server lists and that nobody could read. */
export type UnreadableMessage = {
  /** Its number on the server. */
  uid: number,
  /** Since when. */
  sinceAt: number,
  /** The server's sentence; empty = it said nothing. */
  reason: string, };

/** How many messages would be left unsent by quitting now. */
export type Unsent = {
  /** Messages that wait, are on the way, or whose fate is unknown. */
  count: number, };

/** How a verification went; an account is saved only when both are null. */
export type Verification = {
  /** Problem of the incoming login; null when it succeeded. */
  incoming: Error | null,
  /** Problem of the outgoing AUTH; null when it succeeded. */
  outgoing: Error | null, };

/** What changed in a view, from one version to the next. Where `total` says more than `removed` and `inserted` do,
 * the other rows were found behind the last one. */
export type ViewDelta = {
  /** View. */
  view: number,
  /** The version before. */
  fromVersion: number,
  /** The version after. */
  version: number,
  /** Rows known, after. */
  total: number,
  /** Unread rows among them, after. */
  unread: number,
  /** More rows may follow, as in `OpenedView`. */
  counting: boolean,
  /** Everything changed: ask for the window again; the lists below are empty. */
  reset: boolean,
  /** Row numbers (before) that went, ascending. */
  removed: Array<number>,
  /** Row numbers (after) that came, ascending. */
  inserted: Array<number>,
  /** Rows that went and came at once, because the newest message of their conversation is another one now. */
  moved: Array<MovedRow>,
  /** Messages whose rows read differently now. */
  changed: Array<number>,
  /** Any row may read differently now: too many to be named. */
  stale: boolean, };

/** Rows of a view. */
export type ViewRange = {
  /** Version that they belong to. */
  version: number,
  /** First row. */
  start: number,
  /** Rows in all. */
  total: number,
  /** The rows. */
  rows: Array<Row>, };

/** Which messages a view shows. */
export type ViewSource = { "kind": "mailbox",
  /** Folder. */
  mailbox: number, } | { "kind": "role",
  /** Role. */
  role: MailboxRole, } | { "kind": "starred" } | { "kind": "followUps" } | { "kind": "search",
  /** As typed. */
  text: string,
  /** Only this folder; null for everywhere. */
  mailbox: number | null,
  /** Only this account; null for all. */
  account: number | null, };

/** What a view shows, and how. */
export type ViewSpec = {
  /** Which messages. */
  source: ViewSource,
  /** Quick filter. */
  filter: QuickFilter,
  /** Order. */
  sort: SortKey,
  /** Ascending (oldest, smallest, A first); the default order is by date, descending. */
  ascending: boolean,
  /** One row a conversation; else one row a message. */
  conversations: boolean, };

/** Whose policy. */
export type WhoseBodies = {
  /** Account. */
  account: number,
  /** Folder; null = the account's folders that have none of their own. */
  mailbox: number | null, };

/** What a message asks for. */
export type Wishes = {
  /** The servers on the way: a report on success, delay and failure (RFC 3461). */
  report: boolean,
  /** The reader: a word that it was read (RFC 8098). */
  receipt: boolean, };

/** Each method with what it takes and what it answers. */
export interface Methods {
  /** Facts about the running application. */
  "app.info": { params: Nothing; answer: AppInfo };
  /** Opens or creates the encrypted file of passwords. */
  "app.unlockSecrets": { params: UnlockSecrets; answer: Nothing };
  /** Closes all connections, or opens them again. */
  "app.setOffline": { params: SetOffline; answer: Nothing };
  /** Lists the accounts in their order. */
  "accounts.list": { params: Nothing; answer: Array<Account> };
  /** Finds the servers of an address; steps arrive as events. */
  "accounts.discover": { params: Discover; answer: Discovery };
  /** Logs in on both servers and saves nothing. */
  "accounts.verify": { params: AccountDraft; answer: Verification };
  /** Logs in on both servers, and saves the account when both succeed. */
  "accounts.add": { params: AccountDraft; answer: AccountSaved };
  /** Changes an account; servers that changed are verified first. */
  "accounts.update": { params: AccountDraft; answer: AccountSaved };
  /** Gives an account a new password, verified first. */
  "accounts.setPassword": { params: SetPassword; answer: AccountSaved };
  /** Switches an account on or off. */
  "accounts.setEnabled": { params: SetEnabled; answer: Nothing };
  /** Says what removing an account would do. */
  "accounts.removalPreview": { params: ById; answer: RemovalPreview };
  /** Removes an account and its mail from this computer. */
  "accounts.remove": { params: RemoveAccount; answer: Nothing };
  /** Says what rules would do to a POP3 maildrop. */
  "accounts.previewPopRules": { params: PreviewPopRules; answer: PopRulesPreview };
  /** Gives the account of this computer's own folders, and makes it where there is none. */
  "accounts.openLocal": { params: Nothing; answer: Account };
  /** Says what happens when a recipient is refused. */
  "accounts.setAllOrNothing": { params: SetAllOrNothing; answer: Nothing };
  /** Chooses what an account's messages ask for unless they are told otherwise. */
  "accounts.setWishes": { params: SetWishes; answer: Nothing };
  /** Adds a name and address to send as, or changes one. */
  "identities.save": { params: IdentityDraft; answer: IdentitySaved };
  /** Removes a name and address to send as. */
  "identities.remove": { params: RemoveIdentity; answer: Account };
  /** Lists the signatures of an identity. */
  "signatures.list": { params: ById; answer: Signatures };
  /** Adds a signature or changes one; answers with all of its identity. */
  "signatures.save": { params: SignatureWords; answer: Signatures };
  /** Reads a picture of a file for a signature that is being written. */
  "signatures.readPicture": { params: ReadPicture; answer: SignatureImage };
  /** Removes a signature; answers with the others. */
  "signatures.remove": { params: SignatureRef; answer: Signatures };
  /** Chooses what an identity signs with. */
  "signatures.choose": { params: ChooseSignatures; answer: Signatures };
  /** Fetches mail now. */
  "accounts.checkNow": { params: CheckNow; answer: Nothing };
  /** Gives the way to the servers. */
  "network.get": { params: Nothing; answer: Network };
  /** Chooses the way to the servers. */
  "network.set": { params: SetNetwork; answer: Network };
  /** Asks a server for its certificate; nothing secret is sent. */
  "certificates.look": { params: LookAtCertificate; answer: PresentedCertificate };
  /** Accepts exactly one certificate for a server of an account, or takes that back. */
  "certificates.pin": { params: PinCertificate; answer: Account };
  /** Begins a sign-in through the browser. */
  "signIn.begin": { params: BeginSignIn; answer: SignInBegun };
  /** Waits until the user came back from the browser. */
  "signIn.wait": { params: SignInTicket; answer: SignedIn };
  /** Ends a sign-in that is not wanted any more. */
  "signIn.cancel": { params: SignInTicket; answer: Nothing };
  /** Waits until synchronisation has come to rest. */
  "sync.wait": { params: SyncWait; answer: SyncWaited };
  /** Lists the folders of all accounts. */
  "mailboxes.list": { params: Nothing; answer: Array<Mailbox> };
  /** Creates a folder. */
  "mailboxes.create": { params: CreateMailbox; answer: Undoable };
  /** Renames a folder. */
  "mailboxes.rename": { params: RenameMailbox; answer: Undoable };
  /** Deletes a folder with its messages. */
  "mailboxes.delete": { params: ById; answer: Undoable };
  /** Moves a folder below another one, or to the top. */
  "mailboxes.move": { params: MoveMailbox; answer: Undoable };
  /** Subscribes to a folder, or ends that. */
  "mailboxes.setSubscribed": { params: SubscribeMailbox; answer: Undoable };
  /** Says what a folder is for. */
  "mailboxes.setRole": { params: MailboxRoleChoice; answer: Nothing };
  /** Changes how a folder looks here. */
  "mailboxes.setLook": { params: MailboxLook; answer: Nothing };
  /** Orders folders of one parent. */
  "mailboxes.order": { params: MailboxOrder; answer: Nothing };
  /** Gives what is known of a folder. */
  "mailboxes.properties": { params: ById; answer: MailboxProperties };
  /** Asks the server about a folder: quotas, size, rights. */
  "mailboxes.facts": { params: ById; answer: FolderFacts };
  /** Deletes everything in the trash or in junk for good; it can be taken back for a moment. */
  "mailboxes.empty": { params: ById; answer: Undoable };
  /** Marks everything in a folder as read. */
  "mailboxes.markAllRead": { params: ById; answer: Undoable };
  /** Gives the ledger: what servers have, and what is here. */
  "ledger.read": { params: ReadLedger; answer: Ledger };
  /** Begins to compare a folder, or all folders of an account, completely; progress arrives as events. */
  "ledger.prove": { params: Prove; answer: Nothing };
  /** Ends an account's proof. */
  "ledger.cancel": { params: ById; answer: Nothing };
  /** Gives which messages come whole without being asked for. */
  "bodies.get": { params: WhoseBodies; answer: BodyPolicies };
  /** Chooses which messages come whole without being asked for; what is here stays. */
  "bodies.set": { params: ChooseBodies; answer: Nothing };
  /** Gives what was said on connections, and waits for it; opens the console. */
  "console.read": { params: ReadConsole; answer: ConsoleLines };
  /** Closes the console. */
  "console.close": { params: Nothing; answer: Nothing };
  /** Writes what the console keeps into a file. */
  "console.save": { params: SaveConsole; answer: Saved };
  /** Names the commands that the prompt runs. */
  "console.commands": { params: Nothing; answer: ConsoleCommands };
  /** Runs a harmless command on an account's working connection. */
  "console.run": { params: ConsoleCommand; answer: ConsoleAnswer };
  /** Opens a list. */
  "views.open": { params: ViewSpec; answer: OpenedView };
  /** Gives rows of a list. */
  "views.range": { params: RangeOfView; answer: ViewRange };
  /** Finds a message in a list. */
  "views.find": { params: FindInView; answer: FoundInView };
  /** Closes a list. */
  "views.close": { params: ById; answer: Nothing };
  /** Opens a conversation. */
  "threads.open": { params: OpenConversation; answer: Conversation };
  /** Lists the files of a conversation; nothing is fetched. */
  "threads.files": { params: OpenConversation; answer: ThreadFiles };
  /** Makes a conversation of its own of a message, or of it and what came after it. */
  "threads.split": { params: SplitConversation; answer: Undoable };
  /** Makes one conversation of several of one account. */
  "threads.merge": { params: OnMessages; answer: Undoable };
  /** Takes back what the user did to the conversation of a message: rejoins what was split, separates what was merged. */
  "threads.restore": { params: ById; answer: Undoable };
  /** Opens a message for reading. */
  "messages.open": { params: OpenMessage; answer: OpenedMessage };
  /** Fetches the rest of a message of which only the head came from the POP3 server. */
  "messages.fetchRest": { params: ById; answer: Nothing };
  /** Gives a message's raw source. */
  "messages.source": { params: ById; answer: MessageSource };
  /** Says how a message is put together. */
  "messages.structure": { params: ById; answer: MessageStructure };
  /** Saves a message as a file. */
  "messages.save": { params: SaveMessage; answer: Saved };
  /** Prepares a message for printing. */
  "messages.print": { params: PrintMessage; answer: Printable };
  /** Remembers in which encoding a sender's mail is read. */
  "messages.setCharset": { params: SetCharset; answer: Nothing };
  /** Remembers whose remote pictures load. */
  "messages.allowRemote": { params: AllowRemote; answer: Nothing };
  /** Remembers how mail of a sender is shown. */
  "messages.setLook": { params: SetLook; answer: Nothing };
  /** Leaves the mailing list that a message came through, where that takes one click (RFC 8058). */
  "messages.unsubscribe": { params: ById; answer: Nothing };
  /** Gives the invitation of a message as it stands now. */
  "invitations.read": { params: ById; answer: InvitationOf };
  /** Answers an invitation by a message to whoever invites. */
  "invitations.answer": { params: AnswerInvitation; answer: InvitationAnswered };
  /** Marks as read (true) or unread (false). */
  "messages.setRead": { params: Mark; answer: Undoable };
  /** Stars (true) or takes the star away (false). */
  "messages.setStarred": { params: Mark; answer: Undoable };
  /** Moves to a folder, also to one of another account. */
  "messages.move": { params: MoveMessages; answer: Undoable };
  /** Copies to a folder, also to one of another account. */
  "messages.copy": { params: MoveMessages; answer: Undoable };
  /** Moves to the account's archive. */
  "messages.archive": { params: OnMessages; answer: Undoable };
  /** Moves to the trash; what is in the trash or in junk already is asked for by `messages.delete`. */
  "messages.trash": { params: OnMessages; answer: Undoable };
  /** Deletes for good. */
  "messages.delete": { params: OnMessages; answer: Undoable };
  /** Moves to junk and marks with `$Junk`. */
  "messages.junk": { params: OnMessages; answer: Undoable };
  /** Moves back to the inbox and marks with `$NotJunk`. */
  "messages.notJunk": { params: OnMessages; answer: Undoable };
  /** Gives the receipts of a message that was sent from here; none where it was sent elsewhere. */
  "messages.receipts": { params: ById; answer: Array<SendReceipt> };
  /** Answers somebody who asked to be told that a message was read, or says that nobody will. */
  "messages.answerReceipt": { params: AnswerReceipt; answer: Nothing };
  /** Sends a message on as it came, to others. */
  "messages.redirect": { params: RedirectMessage; answer: OutboxItem };
  /** Takes an operation back. */
  "operations.undo": { params: ById; answer: Undoable };
  /** Deletes for good what could not be moved to the trash, because there is no room. */
  "operations.deleteInstead": { params: ById; answer: Undoable };
  /** Fetches a file of a message where it is not here, and writes it where the user chose. */
  "attachments.save": { params: SaveAttachment; answer: Saved };
  /** Shows what a file of a message looks like; nothing remote is fetched and nothing runs. */
  "attachments.preview": { params: PreviewAttachment; answer: PreviewedFile };
  /** Writes a file of a message to a private temporary folder, for opening; answers with its path. */
  "attachments.stage": { params: AttachmentRef; answer: Saved };
  /** Says which large bodies and attachments are on their way. */
  "downloads.list": { params: Nothing; answer: Array<Download> };
  /** Fetches a body or attachment, or what is missing of it; answers when all of it is here. */
  "downloads.begin": { params: DownloadRef; answer: Nothing };
  /** Stops a download; what came stays. */
  "downloads.cancel": { params: DownloadRef; answer: Nothing };
  /** Begins a draft. */
  "drafts.create": { params: NewDraft; answer: Draft };
  /** Gives a draft. */
  "drafts.get": { params: ById; answer: Draft };
  /** Lists the drafts of this computer, newest first. */
  "drafts.list": { params: Nothing; answer: Array<Draft> };
  /** Saves a draft. */
  "drafts.save": { params: SaveDraft; answer: DraftSaved };
  /** Writes a draft as somebody else. */
  "drafts.chooseIdentity": { params: ChooseIdentity; answer: Draft };
  /** Says which signatures a draft can have. */
  "drafts.signatures": { params: ById; answer: DraftSignatures };
  /** Puts another signature below a draft. */
  "drafts.chooseSignature": { params: ChooseDraftSignature; answer: Draft };
  /** Chooses what a draft asks of those who get it. */
  "drafts.setWishes": { params: SetWishes; answer: Nothing };
  /** Chooses when the user is reminded of a draft's message, where nobody answers it. */
  "drafts.setFollowUp": { params: SetDraftFollowUp; answer: Nothing };
  /** Lists the reminders of sent messages, those that are due first. */
  "followUps.list": { params: Nothing; answer: Array<FollowUp> };
  /** Reminds of a sent message that nobody answers, or at another time. */
  "followUps.set": { params: SetFollowUp; answer: Nothing };
  /** Ends the reminder of a sent message. */
  "followUps.remove": { params: ById; answer: Nothing };
  /** Throws a draft away. */
  "drafts.discard": { params: ById; answer: Nothing };
  /** Keeps a draft whose composer was closed: its copy on the server is made soon. */
  "drafts.leave": { params: ById; answer: Nothing };
  /** Lists a draft's earlier versions, newest first. */
  "drafts.versions": { params: ById; answer: Array<DraftVersion> };
  /** Goes back to an earlier version. */
  "drafts.restore": { params: RestoreVersion; answer: Draft };
  /** Attaches files. */
  "drafts.attachPaths": { params: AttachPaths; answer: Draft };
  /** Attaches bytes. */
  "drafts.attachBytes": { params: AttachBytes; answer: Draft };
  /** Removes a file. */
  "drafts.removeAttachment": { params: RemoveDraftAttachment; answer: Draft };
  /** Says what stands between a draft and its sending. */
  "drafts.check": { params: ById; answer: SendCheck };
  /** Sends a draft. */
  "drafts.send": { params: SendDraft; answer: OutboxItem };
  /** Lists the outbox; what is done is left out. */
  "outbox.list": { params: Nothing; answer: Array<OutboxItem> };
  /** Takes a message back into a draft, while it can be. */
  "outbox.undo": { params: ById; answer: Draft };
  /** Tries now. */
  "outbox.sendNow": { params: ById; answer: Nothing };
  /** Sends what was refused once more, to corrected addresses where some are given. */
  "outbox.resend": { params: ResendRefused; answer: Nothing };
  /** Gives the receipt of a message of the outbox. */
  "outbox.receipt": { params: ById; answer: SendReceipt };
  /** Holds a message back, or lets it go. */
  "outbox.hold": { params: HoldMessage; answer: Nothing };
  /** Chooses when a message is sent. */
  "outbox.schedule": { params: ScheduleMessage; answer: Nothing };
  /** Takes back that a message was thrown away. */
  "outbox.restore": { params: ById; answer: Nothing };
  /** Throws a message of the outbox away; for some minutes that can be taken back. */
  "outbox.discard": { params: ById; answer: Nothing };
  /** Says what the user knows of a message whose fate is unknown. */
  "outbox.resolveUnknown": { params: ResolveUnknown; answer: Nothing };
  /** Counts what quitting now would leave unsent. */
  "outbox.unsent": { params: Nothing; answer: Unsent };
  /** Completes a correspondent. */
  "contacts.complete": { params: Complete; answer: Array<Address> };
  /** Reads pasted text as addresses. */
  "contacts.parse": { params: ParseAddresses; answer: ParsedAddresses };
  /** Looks through the address book. */
  "people.search": { params: SearchPeople; answer: PeopleFound };
  /** Says who in the address book has an address. */
  "people.find": { params: FindPerson; answer: FoundPerson };
  /** Adds somebody to the address book or changes them; answers with what is kept. */
  "people.save": { params: Person; answer: Person };
  /** Removes somebody from the address book. */
  "people.remove": { params: ById; answer: Nothing };
  /** Reads a file of contact cards into the address book. */
  "people.import": { params: ImportPeople; answer: PeopleImported };
  /** Writes the address book into a file of contact cards. */
  "people.export": { params: ExportPeople; answer: Saved };
  /** Lists all groups of addresses by name. */
  "groups.list": { params: Nothing; answer: Array<AddressGroup> };
  /** Completes a group of addresses by its name. */
  "groups.complete": { params: Complete; answer: Array<AddressGroup> };
  /** Adds a group of addresses or changes one; answers with what is kept. */
  "groups.save": { params: AddressGroup; answer: AddressGroup };
  /** Removes a group of addresses. */
  "groups.remove": { params: ById; answer: Nothing };
  /** Lists all templates by name. */
  "templates.list": { params: Nothing; answer: Array<Template> };
  /** Saves a template; answers with all. */
  "templates.save": { params: SaveTemplate; answer: Array<Template> };
  /** Removes a template; answers with the others. */
  "templates.remove": { params: ById; answer: Array<Template> };
  /** Imports files (mbox, Maildir, EML) into a folder; how far it is comes as events. */
  "archives.import": { params: ImportArchive; answer: ArchiveJob };
  /** Exports a folder; how far it is comes as events. */
  "archives.export": { params: ExportArchive; answer: ArchiveJob };
  /** Lists imports and exports, the newest first. */
  "archives.list": { params: Nothing; answer: Array<ArchiveJob> };
  /** Stops an import or export; what it did stays. */
  "archives.cancel": { params: ById; answer: Nothing };
  /** Forgets an import or export that is over. */
  "archives.forget": { params: ById; answer: Nothing };
  /** Says what takes the room of an account. */
  "storage.overview": { params: ById; answer: StorageOverview };
  /** Proposes messages that could leave the server; `messages.move` to a folder of this computer frees them. */
  "storage.propose": { params: ProposeStorage; answer: StorageProposal };
  /** Begins to look what is on the server of a POP3 account right now. */
  "maildrops.look": { params: ById; answer: Nothing };
  /** Gives what changed in the maildrop browser, and waits for it. */
  "maildrops.read": { params: ReadMaildrop; answer: MaildropChanges };
  /** Begins to download messages of a maildrop whole. */
  "maildrops.download": { params: MaildropMessages; answer: Nothing };
  /** Begins to delete messages on the server, whether they are here or not; what is kept for ever stays. */
  "maildrops.remove": { params: MaildropMessages; answer: Nothing };
  /** Keeps messages on the server for ever, or ends that. */
  "maildrops.keep": { params: KeepOnServer; answer: Nothing };
  /** Gives the head and the first forty lines of a message on the server. */
  "maildrops.preview": { params: MaildropMessage; answer: MaildropPreview };
  /** Stops what the maildrop browser does; what came stays. */
  "maildrops.stop": { params: ById; answer: Nothing };
  /** Ends the maildrop browser. */
  "maildrops.close": { params: ById; answer: Nothing };
  /** Gives the rules before download of a POP3 account, and what they deleted on its server. */
  "maildrops.rules": { params: ById; answer: DropRules };
  /** Replaces the rules before download; they hold from the next look on. */
  "maildrops.setRules": { params: SetDropRules; answer: Nothing };
  /** Says what rules would do to what the maildrop browser shows; does nothing. */
  "maildrops.tryRules": { params: SetDropRules; answer: DropTrial };
  /** Gives all settings. */
  "settings.get": { params: Nothing; answer: Settings };
  /** Stores all settings. */
  "settings.set": { params: Settings; answer: Nothing };
}

/** Names of all methods. */
export const METHOD_NAMES = [
  "app.info",
  "app.unlockSecrets",
  "app.setOffline",
  "accounts.list",
  "accounts.discover",
  "accounts.verify",
  "accounts.add",
  "accounts.update",
  "accounts.setPassword",
  "accounts.setEnabled",
  "accounts.removalPreview",
  "accounts.remove",
  "accounts.previewPopRules",
  "accounts.openLocal",
  "accounts.setAllOrNothing",
  "accounts.setWishes",
  "identities.save",
  "identities.remove",
  "signatures.list",
  "signatures.save",
  "signatures.readPicture",
  "signatures.remove",
  "signatures.choose",
  "accounts.checkNow",
  "network.get",
  "network.set",
  "certificates.look",
  "certificates.pin",
  "signIn.begin",
  "signIn.wait",
  "signIn.cancel",
  "sync.wait",
  "mailboxes.list",
  "mailboxes.create",
  "mailboxes.rename",
  "mailboxes.delete",
  "mailboxes.move",
  "mailboxes.setSubscribed",
  "mailboxes.setRole",
  "mailboxes.setLook",
  "mailboxes.order",
  "mailboxes.properties",
  "mailboxes.facts",
  "mailboxes.empty",
  "mailboxes.markAllRead",
  "ledger.read",
  "ledger.prove",
  "ledger.cancel",
  "bodies.get",
  "bodies.set",
  "console.read",
  "console.close",
  "console.save",
  "console.commands",
  "console.run",
  "views.open",
  "views.range",
  "views.find",
  "views.close",
  "threads.open",
  "threads.files",
  "threads.split",
  "threads.merge",
  "threads.restore",
  "messages.open",
  "messages.fetchRest",
  "messages.source",
  "messages.structure",
  "messages.save",
  "messages.print",
  "messages.setCharset",
  "messages.allowRemote",
  "messages.setLook",
  "messages.unsubscribe",
  "invitations.read",
  "invitations.answer",
  "messages.setRead",
  "messages.setStarred",
  "messages.move",
  "messages.copy",
  "messages.archive",
  "messages.trash",
  "messages.delete",
  "messages.junk",
  "messages.notJunk",
  "messages.receipts",
  "messages.answerReceipt",
  "messages.redirect",
  "operations.undo",
  "operations.deleteInstead",
  "attachments.save",
  "attachments.preview",
  "attachments.stage",
  "downloads.list",
  "downloads.begin",
  "downloads.cancel",
  "drafts.create",
  "drafts.get",
  "drafts.list",
  "drafts.save",
  "drafts.chooseIdentity",
  "drafts.signatures",
  "drafts.chooseSignature",
  "drafts.setWishes",
  "drafts.setFollowUp",
  "followUps.list",
  "followUps.set",
  "followUps.remove",
  "drafts.discard",
  "drafts.leave",
  "drafts.versions",
  "drafts.restore",
  "drafts.attachPaths",
  "drafts.attachBytes",
  "drafts.removeAttachment",
  "drafts.check",
  "drafts.send",
  "outbox.list",
  "outbox.undo",
  "outbox.sendNow",
  "outbox.resend",
  "outbox.receipt",
  "outbox.hold",
  "outbox.schedule",
  "outbox.restore",
  "outbox.discard",
  "outbox.resolveUnknown",
  "outbox.unsent",
  "contacts.complete",
  "contacts.parse",
  "people.search",
  "people.find",
  "people.save",
  "people.remove",
  "people.import",
  "people.export",
  "groups.list",
  "groups.complete",
  "groups.save",
  "groups.remove",
  "templates.list",
  "templates.save",
  "templates.remove",
  "archives.import",
  "archives.export",
  "archives.list",
  "archives.cancel",
  "archives.forget",
  "storage.overview",
  "storage.propose",
  "maildrops.look",
  "maildrops.read",
  "maildrops.download",
  "maildrops.remove",
  "maildrops.keep",
  "maildrops.preview",
  "maildrops.stop",
  "maildrops.close",
  "maildrops.rules",
  "maildrops.setRules",
  "maildrops.tryRules",
  "settings.get",
  "settings.set",
] as const satisfies readonly (keyof Methods)[];
