/** An address book and signatures for unit tests and for looking at them. It keeps what is saved; it searches by name alone. */
import type {
  AddressGroup,
  ById,
  ChooseSignatures,
  Complete,
  ExportPeople,
  FindPerson,
  Person,
  SearchPeople,
  SignatureRef,
  Signatures,
  SignatureWords,
} from '@/ipc/generated';

const somebody = (id: number, name: string, emails: string[], more: Partial<Person> = {}): Person => ({
  id,
  name,
  organization: '',
  title: '',
  emails: emails.map((value, at) => ({ kind: at === 0 ? 'work' : 'home', value })),
  phones: [],
  addresses: [],
  urls: [],
  birthday: '',
  note: '',
  ...more,
});

/** People of the address book. */
export class FakePeople {
  list: Person[] = [
    somebody(1, 'Élise Marchand', ['elise@papier-fils.example'], {
      organization: 'Papier & Fils',
      phones: [{ kind: 'cell', value: '+33 6 12 34 56 78' }],
      addresses: [{ kind: 'work', value: '12 rue du Port\n69002 Lyon' }],
      note: 'Prefers to be called before noon.',
    }),
    somebody(2, 'Kiran Rao', ['kiran@harbour.example', 'kiran.rao.with.a.long.address@universitaet-hof.example']),
    somebody(3, '张伟', ['zhangwei@harbour.example'], { organization: '港湾印刷' }),
    somebody(4, '', ['orders@binding.example']),
  ];
  groups: AddressGroup[] = [
    {
      id: 1,
      name: '目录校对 Proofreaders',
      members: [
        { name: 'Élise Marchand', email: 'elise@papier-fils.example' },
        { name: '张伟', email: 'zhangwei@harbour.example' },
        { name: '', email: 'orders@binding.example' },
      ],
    },
  ];

  /** Returns those of this name, or all. */
  search(text: string, limit: number): { people: Person[]; total: number } {
    const found = this.list.filter((one) => one.name.toLowerCase().includes(text.toLowerCase()));
    return { people: found.slice(0, limit), total: found.length };
  }

  /** Keeps somebody. */
  save(person: Person): Person {
    const kept = { ...person, id: person.id || this.list.length + 100 };
    this.list = [...this.list.filter((one) => one.id !== kept.id), kept];
    return kept;
  }

  /** Keeps a group. */
  saveGroup(group: AddressGroup): AddressGroup {
    const kept = { ...group, id: group.id || this.groups.length + 100 };
    this.groups = [...this.groups.filter((one) => one.id !== kept.id), kept];
    return kept;
  }

  signatures: Signatures = {
    list: [
      {
        id: 1,
        identity: 10,
        name: '',
        html: '<div>Yue Lin<br>Harbour Press</div>',
        text: '',
        plain: 'Yue Lin\nHarbour Press',
      },
      { id: 2, identity: 10, name: '简短', html: '<b>林悦</b>', text: '', plain: '林悦' },
    ],
    forNew: 1,
    forAnswers: 2,
  };

  /** Keeps a signature. */
  sign(saved: SignatureWords): Signatures {
    const kept = { ...saved, id: saved.id || this.signatures.list.length + 100, plain: saved.text || 'Yue' };
    this.signatures = { ...this.signatures, list: [...this.signatures.list.filter(({ id }) => id !== kept.id), kept] };
    return this.signatures;
  }

  /** What the engine answers. */
  readonly answers = {
    'signatures.list': () => this.signatures,
    'signatures.save': (saved: SignatureWords) => this.sign(saved),
    'signatures.remove': ({ id }: SignatureRef) => {
      this.signatures = { ...this.signatures, list: this.signatures.list.filter((one) => one.id !== id) };
      return this.signatures;
    },
    'signatures.choose': ({ forNew, forAnswers }: ChooseSignatures) => {
      this.signatures = { ...this.signatures, forNew, forAnswers };
      return this.signatures;
    },
    'drafts.signatures': () => ({ list: this.signatures.list, current: 1 }),
    'people.search': ({ text, limit }: SearchPeople) => this.search(text, limit),
    'people.find': ({ email }: FindPerson) => ({
      person: this.list.find((one) => one.emails.some(({ value }) => value === email)) ?? null,
    }),
    'people.save': (person: Person) => this.save(person),
    'people.remove': ({ id }: ById) => {
      this.list = this.list.filter((one) => one.id !== id);
      return {};
    },
    'people.import': () => ({ added: 2, completed: 1, known: 3, groups: 1, leftOut: 1, badAddresses: ['nobody@'] }),
    'people.export': ({ path }: ExportPeople) => ({ paths: [path] }),
    'groups.list': () => this.groups,
    'groups.complete': ({ text }: Complete) => this.groups.filter((one) => one.name.toLowerCase().includes(text)),
    'groups.save': (group: AddressGroup) => this.saveGroup(group),
    'groups.remove': ({ id }: ById) => {
      this.groups = this.groups.filter((one) => one.id !== id);
      return {};
    },
  };
}
