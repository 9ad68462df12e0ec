/** What is on screen around the mail: the page shown, layers above it, and the questions that wait for an answer. */
import type { Server } from '@/ipc/generated';

/** A page that fills the window. */
export type Page = 'mail' | 'settings' | 'account' | 'truth' | 'maildrop';
/** A layer above the page. */
export type Layer = 'palette' | 'help' | 'move' | 'copy' | 'moveFolder' | null;

/** What a time is picked for. */
export type TimeUse = 'send' | 'remind';

/** A question with two answers. */
export interface Question {
  title: string;
  text: string;
  /** Words of the answer that does it. */
  action: string;
  /** It destroys something. */
  danger: boolean;
}

/** A name that is asked for. */
export interface NameQuestion {
  title: string;
  label: string;
  value: string;
  action: string;
}

/** A use that an account has no folder for, and what was asked for. */
export interface FolderQuestion {
  account: number;
  role: 'archive' | 'trash' | 'junk' | 'sent';
}

/** A certificate that may be trusted. */
export interface CertificateQuestion {
  server: Server;
  /** Fingerprint that was accepted before; empty when there is none. */
  accepted: string;
  /** Does it. */
  trust: (fingerprint: string) => Promise<void>;
}

/** Where the window stands. */
export class Screen {
  page = $state<Page>('mail');
  /** Section of the settings: a name, or `account:ID`. */
  section = $state('appearance');
  layer = $state<Layer>(null);
  /** The folders are shown above the list (narrow windows). */
  drawer = $state(false);
  /** The pane shown in windows that hold one. */
  pane = $state<'list' | 'reader'>('list');
  question = $state.raw<Question | null>(null);
  nameQuestion = $state.raw<NameQuestion | null>(null);
  /** The account whose password is asked for. */
  passwordFor = $state<number | null>(null);
  /** The folder whose properties are shown. */
  propertiesOf = $state<number | null>(null);
  /** The account whose room is shown. */
  storageOf = $state<number | null>(null);
  /** The folder that is being moved. */
  movedFolder = $state<number | null>(null);
  certificateQuestion = $state.raw<CertificateQuestion | null>(null);
  folderQuestion = $state.raw<FolderQuestion | null>(null);
  #folder: (settled: boolean) => void = () => undefined;
  /** A time is to be picked: to send at, or to be reminded at; null = none. */
  timeAsked = $state<TimeUse | null>(null);
  #time: (at: number | null) => void = () => undefined;
  /** The message that is to be sent on as it came. */
  redirectOf = $state<number | null>(null);
  /** The message whose source is shown. */
  sourceOf = $state<number | null>(null);
  /** The place of the passwords is to be opened. */
  unlocking = $state(false);
  #unlocked: (yes: boolean) => void = () => undefined;
  #answer: (yes: boolean) => void = () => undefined;
  #name: (name: string | null) => void = () => undefined;

  /** Asks; true when the user agreed. */
  ask(question: Question): Promise<boolean> {
    this.#answer(false);
    this.question = question;
    return new Promise((resolve) => (this.#answer = resolve));
  }

  /** Asks for the master password; true when the passwords can be read. */
  askUnlock(): Promise<boolean> {
    this.#unlocked(false);
    this.unlocking = true;
    return new Promise((resolve) => (this.#unlocked = resolve));
  }

  /** Says whether the passwords can be read now. */
  answerUnlock(yes: boolean): void {
    this.unlocking = false;
    this.#unlocked(yes);
  }

  /** Answers the question. */
  answer(yes: boolean): void {
    this.question = null;
    this.#answer(yes);
  }

  /** Asks for a name; null when the user cancelled. */
  askName(question: NameQuestion): Promise<string | null> {
    this.#name(null);
    this.nameQuestion = question;
    return new Promise((resolve) => (this.#name = resolve));
  }

  /** Answers with a name. */
  answerName(name: string | null): void {
    this.nameQuestion = null;
    this.#name(name);
  }

  /** Asks for a time, milliseconds since 1970; null when the user cancelled. */
  askTime(use: TimeUse = 'send'): Promise<number | null> {
    this.#time(null);
    this.timeAsked = use;
    return new Promise((resolve) => (this.#time = resolve));
  }

  /** Answers with a time. */
  answerTime(at: number | null): void {
    this.timeAsked = null;
    this.#time(at);
  }

  /** Asks which folder is for something; true when it is settled. */
  askFolder(question: FolderQuestion): Promise<boolean> {
    this.#folder(false);
    this.folderQuestion = question;
    return new Promise((resolve) => (this.#folder = resolve));
  }

  /** Says whether a folder was chosen. */
  answerFolder(settled: boolean): void {
    this.folderQuestion = null;
    this.#folder(settled);
  }

  /** The account whose ledger is shown; null = all. */
  truthOf = $state<number | null>(null);
  /** The folder whose line is open when the ledger is shown; null = none. */
  truthFolder: number | null = null;
  /** The console is open. */
  consoleOpen = $state(false);

  /** The account whose maildrop is shown. */
  maildropOf = $state<number | null>(null);

  /** Shows what is on the server of a POP3 account. */
  openMaildrop(account: number): void {
    this.maildropOf = account;
    this.page = 'maildrop';
    this.layer = null;
    this.drawer = false;
  }

  /** Shows the ledger of an account, or of all, and a folder's line of it. */
  openLedger(account: number | null = null, folder: number | null = null): void {
    this.truthOf = account;
    this.truthFolder = folder;
    this.page = 'truth';
    this.layer = null;
  }

  /** Shows the settings. */
  openSettings(section = 'appearance'): void {
    this.section = section;
    this.page = 'settings';
    this.layer = null;
  }
}
