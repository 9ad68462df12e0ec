# The address book.
people = Contacts
people-search = Search contacts
people-new = New contact
people-edit-title = Edit contact
people-edit = Edit { $name }
people-remove = Remove { $name }
people-remove-action = Remove contact
people-added = { $name } is in your contacts
people-removed = { $name } was removed
people-name = Name
people-emails = Mail addresses
people-email-add = Add an address
people-phones = Telephone numbers
people-phone-add = Add a number
people-kind = Kind
people-other = other
people-entry-remove = Remove { $value }
people-organization = Organisation
people-note = Note
people-more = Also kept: { $what }
people-none = No contacts yet. Add one here, from the people named in a message, or from a file.
people-not-found = Nobody is called so here.
people-beyond = { $count ->
    [one] One more. Search to find them.
   *[other] { $count } more. Search to find them.
}
people-files = From files and into files
people-files-note = vCard files, as phones and other programs write them. What is here stays; a file only adds to it.
people-import = Import…
people-export = Export…
people-imported = { $added ->
    [0] Nobody is new,
    [one] One contact is new,
   *[other] { $added } contacts are new,
} { $completed } completed, { $known } were here already; { $groups ->
    [one] one group changed.
   *[other] { $groups } groups changed.
}
people-left-out = { $count ->
    [one] One card was left out: it has no name and no address.
   *[other] { $count } cards were left out: they have no name and no address, or there is no more room.
}
people-bad-addresses = Nobody can write to { $addresses }.
people-exported = Contacts saved to { $path }
people-limit = This is more than a contact or a group holds.
people-invalid = This cannot be kept: { $what }
people-refused = A contact has a name or an address, a group a name; neither holds hidden characters.
person-keep = Add to contacts
person-edit = Edit contact
groups = Groups
group-new = New group
group-edit-title = Edit group
group-name = Name of the group
group-name-taken = There is a group { $name } already.
group-members = Members
group-member-add = Add a name or address
group-count = { $count ->
    [0] Nobody
    [one] One address
   *[other] { $count } addresses
}
group-of-recipients = Make a group of the recipients…
