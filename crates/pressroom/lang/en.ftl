# The pressroom in English. Every other language has the same messages with the same variables; a test compares them.

# Dates and figures
date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
moment = { $date }, { $time } UTC
and = { $first } and { $last }
comma = {", "}
colon = {": "}

# Around every page
skip = Skip to the content
languages = Languages
feeds = Feeds
feed-rss = RSS
feed-json = JSON Feed
feed-updated = Updated (version { $n }): { $title }
feed-withdrawn = Withdrawn: { $title }
feed-note = New in version { $n }: { $note }
proof-key = The log’s key
verifier-page = Verifier
contact = Contact: { $contact }
support = Support this office
support-picture = Code to scan in order to support this office

# The front page
empty-title = Nothing has been published yet
empty-text = This is where statements of this office will appear, each with what was published, what was really written, and a proof that your own browser checks.
newest = Newest statements
older = Older statements
newer = Newer statements
most-read = Most read this week
kind-leak = Answer to a published message
kind-reworded = Answer to a reworded message
kind-invented = Answer to invented words
kind-notice = Notice
kind-withdrawn = Withdrawn
in-short = { $kind }. { $text }
reads = { $n ->
    [one] read once
   *[other] read { $n } times
}

# A statement
by = By { $name }
published = Published { $date }
updated = Updated { $date }
withdrawn-title = This statement was withdrawn
withdrawn-text = On { $date }. Why: { $why }
withdrawn-stays = What had been published stays readable below.
earlier-version = This is version { $n } of { $of }, as it stood until { $date }.
earlier-link = Read the newest version
compared = What was published, and what was written
published-text = As published, not our words
published-by = As published by { $source }, not our words
written-text = What was written
post-hidden = The office does not repeat these words here.
never-written = These words are invented
never-written-text = The writer did not write them. Nobody can prove that something was never written; what can be shown is what this office says, since when, and that it has not changed its words since.
reworded-text = The words published are not those that were written: the sense was put into other words.
post-source = Where
post-author = By whom
post-published = Published
post-captured = Captured
post-hash = SHA-256 of the capture
post-link = the address, as text
own-word = {", "}by its own word
reference = Reference { $reference }
part-number = part { $n }
hole = { $n } · closed: { $words }
words-1 = 1 to 5 words
words-2 = 6 to 10 words
words-3 = 11 to 20 words
words-4 = 21 to 40 words
words-5 = more than 40 words
holes = { $closed ->
    [0] All of it is open.
   *[other] { $open ->
        [one] { $open } of { $all } parts is open.
       *[other] { $open } of { $all } parts are open.
    } A hatched block is a part that was sealed with the others and stays closed: its place and its length are all that is shown.
}
own-copy = Copies of one message may differ in wordings that mean the same. Shown is the office’s own copy; such wordings count as no difference.
unseen = Caution: this text holds characters that cannot be seen or that turn the direction of reading. What you see may not be all that stands there.
cut = This text is very long: only its first { $kb } kB are shown here.

# Differences
differences = The differences, one by one
legend = Numbers in both texts lead to the list of differences.
change-added = Added
change-changed = Changed
change-moved = Moved
change-omitted = Left out
lit-added = added:
lit-changed = changed:
lit-moved = moved:
lit-omitted = left out here:
lit-end = end of difference { $n }
change-sent = Written
change-published = Published
change-none = nothing
same = In what is open on both sides, nothing differs.

# Proof
proof = Proof
sealed-before = Sealed before { $date }, by the word of an independent clock.
no-clock = No independent clock that this site names vouches for the time: that it was written on { $date } is the office’s own word.
sealed-late = It was sealed AFTER the publication that it answers: it does not prove what was written before.
no-proof = This statement comes without a proof.
bundle-broken = The proof beside this statement does not hold. Do not rely on the text shown as written.
bundle-missing = The file with the proof of this statement is missing here, or is not the one that was published with it. Nothing below is proved: do not rely on the text shown as written, and ask the office.
not-run = Your browser has not checked this: without scripts it can’t. How to check it by hand stands below.
not-run-preview = In the preview nothing is checked.
checking = Your browser is checking…
verified = Verified by your own browser
verified-parts = { $n ->
    [one] Part { $parts } reads here exactly as it was sealed.
   *[other] Parts { $parts } read here exactly as they were sealed.
}
verified-closed = The closed parts stand where they were sealed, and none was left out.
verified-before = Sealed before { $before }.
verified-no-clock = No independent clock vouches for the time.
verified-key = Checked under the key that this site publishes. Compare its fingerprint with one from elsewhere: { $fingerprint }
verified-carried = Checked under the key that the bundle itself carries, for this site publishes none.
not-verified = NOT verified
failed-file = The file with the proof is damaged, or is no bundle.
failed-key = The proof belongs to another log, not to the one whose key this site publishes.
failed-log = The log’s signature does not fit, or the sealing is not in the log.
failed-text = What the proof shows is not what was sealed: something was changed, added or left out.
failed-row = The copy shown in the proof does not fit what was sealed, or the evidence is too thin.
failed-time = The time-stamp is broken or forged.
failed-page = The text on this page is not the text that the proof holds (parts: { $parts }).
failed-load = The file with the proof could not be fetched. Nothing is known of it; try again, or check it by hand.
failed-browser = This browser gives this page no cryptography (it needs a secure connection). Check it by hand.
by-hand = Check it by hand
by-hand-1 = Download the bundle, a file that holds the proof
by-hand-2 = Check it on your own machine:
by-hand-3 = or open it in the verifier, a page that works without a network; save it first, or take it from somebody whom you trust
by-hand-4 = The log’s key, which the verifier asks for. Compare it with what the office publishes elsewhere:
by-hand-fingerprint = Its fingerprint:
paper = A print proves nothing and shows no check. Whoever reads it can check like this:
paper-hash = SHA-256 of this file:
not-shown = What a proof does not show: that the message was sent, received or read; who let it out; that nothing else was written.
download = Download the bundle ({ $kb } kB)

# What belongs to a statement
updates = Updates
update = Version { $n }, { $date }
withdrawn-update = Withdrawn, { $date }
first-version = First published.
read-version = Read version { $n }
this-version = the version that you are reading
replies = Answers of those concerned
related = Related statements
comments = Comments
comments-none = No comment has been published.
comments-closed = Comments are closed, since this statement was withdrawn.
picture-alt = A letter with its closed parts as hatched blocks: { $title }

# Forms
comment-form = Write a comment
comment-hint = The office reads every comment before anybody else does. No address is kept.
field-name = Your name
field-name-hint = As it will stand above your words.
field-text = Your words
field-leave = Leave this field empty
limit = At most { $n } characters.
send-comment = Send the comment
send-reply = Send the answer
error-name = Write a name of one line, at most { $n } characters.
error-text = Write something.
error-long = This is longer than { $n } characters: shorten it.
error-busy = Too much came from your network just now. Wait ten minutes and send it again; what you wrote stands below.
error-closed = Nothing was taken; what you wrote stands below.
error-kept = It could not be taken, and nothing of it is kept. Try again in some minutes; what you wrote stands below.
error-unread = Too much came from your network just now: this was not read. Go back to what you wrote, and send it again in ten minutes.
thanks-comment = Thank you for your comment
thanks-comment-text = The office will read it. It appears under the statement if the office lets it through.
thanks-reply = Thank you for your answer
thanks-reply-text = It is with the office now, sealed so that only the office can read it.
back = Back to the front page
back-statement = Back to the statement
reply-title = Your answer
reply-about = You are invited to answer this statement:
reply-until = The link is open until { $date }. You may answer more than once until then; the office may publish your answer beside the statement.
reply-closed = This link is not open
reply-closed-text = It is mistyped, or its time is over. Write to the office if you think that this is wrong.

# When something is not there
missing = There is no such page
missing-text = The address is mistyped, or the page never was here. What this office publishes, it does not remove.
damaged = This statement can’t be shown just now
damaged-text = It was published, but its files here are damaged. That is no withdrawal: the office shows it again once it has put them right.
refused = This can’t be done here
refused-text = The request was not understood, was too large or came from another site. Nothing was changed.
