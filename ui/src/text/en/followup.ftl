# Reminders of sent messages that nobody answers.
place-followups = Unanswered
command-followup = Remind me if nobody answers…
command-followup-done = Done with the reminder
command-write-again = Write again
followup = Remind me if nobody answers
followup-never = No reminder
followup-days = In { $count ->
    [one] a day
   *[other] { $count } days
  }
followup-weeks = In { $count ->
    [one] a week
   *[other] { $count } weeks
  }
followup-pick = On a day of your choice…
followup-time-title = When should you be reminded?
followup-time-action = Remind then
followup-time-note = An answer ends the reminder. If Posthorn is closed then, it reminds you with the next start.
followup-draft-after = If nobody answers, you are reminded { $count ->
    [one] a day
   *[other] { $count } days
  } after it left.
followup-draft-at = If nobody answers, you are reminded on { $when }.
followup-waits = If nobody answers, you are reminded on { $when }.
followup-due = Nobody has answered this message since { $when }.
followup-change = Change…
followup-remove = No reminder
followup-later = Remind me later…
followup-done = Done
followup-set = You are reminded on { $when } if nobody answers
followup-ended = The reminder is gone
followup-mark = You are reminded if nobody answers
followup-mark-due = Nobody answered
empty-followups = Everybody answered
empty-followups-hint = Messages come here when nobody answers them in the time that you chose while writing, or later in their menu.
