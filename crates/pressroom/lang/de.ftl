# Der Presseraum auf Deutsch.

# Daten und Zahlen
date = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }
moment = { $date }, { $time } UTC
and = { $first } und { $last }
comma = {", "}
colon = {": "}

# Um jede Seite herum
skip = Zum Inhalt
languages = Sprachen
feeds = Feeds
feed-rss = RSS
feed-json = JSON Feed
feed-updated = Aktualisiert (Fassung { $n }): { $title }
feed-withdrawn = Zurückgezogen: { $title }
feed-note = Neu in Fassung { $n }: { $note }
proof-key = Schlüssel des Protokolls
verifier-page = Prüfseite
contact = Kontakt: { $contact }
support = Dieses Büro unterstützen
support-picture = Code zum Scannen, um dieses Büro zu unterstützen

# Die erste Seite
empty-title = Noch wurde nichts veröffentlicht
empty-text = Hier erscheinen die Erklärungen dieses Büros, jede mit dem, was veröffentlicht wurde, dem, was wirklich geschrieben wurde, und einem Beweis, den Ihr eigener Browser prüft.
newest = Neueste Erklärungen
older = Ältere Erklärungen
newer = Neuere Erklärungen
most-read = Diese Woche am meisten gelesen
kind-leak = Antwort auf eine veröffentlichte Nachricht
kind-reworded = Antwort auf eine umformulierte Nachricht
kind-invented = Antwort auf erfundene Worte
kind-notice = Mitteilung
kind-withdrawn = Zurückgezogen
in-short = { $kind }. { $text }
reads = { $n ->
    [one] einmal gelesen
   *[other] { $n }-mal gelesen
}

# Eine Erklärung
by = Von { $name }
published = Veröffentlicht am { $date }
updated = Aktualisiert am { $date }
withdrawn-title = Diese Erklärung wurde zurückgezogen
withdrawn-text = Am { $date }. Grund: { $why }
withdrawn-stays = Was veröffentlicht war, bleibt unten lesbar.
earlier-version = Dies ist Fassung { $n } von { $of }, wie sie bis zum { $date } stand.
earlier-link = Die neueste Fassung lesen
compared = Was veröffentlicht und was geschrieben wurde
published-text = Wie veröffentlicht – nicht unsere Worte
published-by = Wie von { $source } veröffentlicht – nicht unsere Worte
written-text = Was geschrieben wurde
post-hidden = Das Büro wiederholt diese Worte hier nicht.
never-written = Diese Worte sind erfunden
never-written-text = Die Person, der sie zugeschrieben werden, hat sie nicht geschrieben. Niemand kann beweisen, dass etwas nie geschrieben wurde; zeigen lässt sich, was dieses Büro sagt, seit wann, und dass es seine Worte seither nicht geändert hat.
reworded-text = Die veröffentlichten Worte sind nicht die geschriebenen: Der Sinn wurde in andere Worte gefasst.
post-source = Wo
post-author = Von wem
post-published = Veröffentlicht
post-captured = Gesichert
post-hash = SHA-256 der Sicherung
post-link = die Adresse, als Text
own-word = {", "}nach eigener Angabe
reference = Referenz { $reference }
part-number = Teil { $n }
hole = { $n } · geschlossen: { $words }
words-1 = 1 bis 5 Wörter
words-2 = 6 bis 10 Wörter
words-3 = 11 bis 20 Wörter
words-4 = 21 bis 40 Wörter
words-5 = mehr als 40 Wörter
holes = { $closed ->
    [0] Alles ist offen.
   *[other] { $open ->
        [one] { $open } von { $all } Teilen ist offen.
       *[other] { $open } von { $all } Teilen sind offen.
    } Ein schraffierter Block ist ein Teil, der mit den anderen versiegelt wurde und geschlossen bleibt: Sein Platz und seine Länge sind alles, was von ihm gezeigt wird.
}
own-copy = Die Exemplare einer Nachricht können sich in gleichbedeutenden Wendungen unterscheiden. Gezeigt wird das Exemplar des Büros; solche Wendungen gelten nicht als Unterschied.
unseen = Vorsicht: Dieser Text enthält Zeichen, die unsichtbar sind oder die Leserichtung ändern. Was Sie sehen, ist vielleicht nicht alles, was dort steht.
cut = Dieser Text ist sehr lang: Nur seine ersten { $kb } kB werden hier gezeigt.

# Unterschiede
differences = Die Unterschiede, einer nach dem anderen
legend = Die Zahlen in beiden Texten führen zur Liste der Unterschiede.
change-added = Hinzugefügt
change-changed = Geändert
change-moved = Verschoben
change-omitted = Weggelassen
lit-added = hinzugefügt:
lit-changed = geändert:
lit-moved = verschoben:
lit-omitted = hier weggelassen:
lit-end = Ende des Unterschieds { $n }
change-sent = Geschrieben
change-published = Veröffentlicht
change-none = nichts
same = In dem, was auf beiden Seiten offen ist, unterscheidet sich nichts.

# Beweis
proof = Beweis
sealed-before = Versiegelt vor dem { $date }, laut einer unabhängigen Uhr.
no-clock = Keine unabhängige Uhr, die diese Website nennt, bezeugt den Zeitpunkt: Dass es am { $date } geschrieben wurde, sagt allein das Büro.
sealed-late = Versiegelt erst NACH der Veröffentlichung, auf die diese Erklärung antwortet: Das beweist nicht, was vorher geschrieben wurde.
no-proof = Dieser Erklärung liegt kein Beweis bei.
bundle-broken = Der Beweis zu dieser Erklärung hält der Prüfung nicht stand. Verlassen Sie sich nicht auf den Text unter „Was geschrieben wurde“.
bundle-missing = Die Beweisdatei zu dieser Erklärung fehlt hier oder ist nicht die, die mit ihr veröffentlicht wurde. Nichts von dem, was unten steht, ist bewiesen: Verlassen Sie sich nicht auf den Text unter „Was geschrieben wurde“, und fragen Sie das Büro.
not-run = Ihr Browser hat dies nicht geprüft: Ohne Skripte kann er es nicht. Wie man von Hand prüft, steht unten.
not-run-preview = In der Vorschau wird nichts geprüft.
checking = Ihr Browser prüft…
verified = Von Ihrem eigenen Browser bestätigt
verified-parts = { $n ->
    [one] Teil { $parts } steht hier genau so, wie er versiegelt wurde.
   *[other] Die Teile { $parts } stehen hier genau so, wie sie versiegelt wurden.
}
verified-closed = Die geschlossenen Teile stehen dort, wo sie versiegelt wurden, und keiner wurde weggelassen.
verified-before = Versiegelt vor dem { $before }.
verified-no-clock = Keine unabhängige Uhr bezeugt den Zeitpunkt.
verified-key = Geprüft mit dem Schlüssel, den diese Website veröffentlicht. Vergleichen Sie seinen Fingerabdruck mit einem aus anderer Quelle: { $fingerprint }
verified-carried = Geprüft mit dem Schlüssel, den die Beweisdatei selbst enthält, denn diese Website veröffentlicht keinen.
not-verified = NICHT bestätigt
failed-file = Die Datei ist beschädigt oder keine Beweisdatei.
failed-key = Der Beweis gehört zu einem anderen Protokoll als dem, dessen Schlüssel diese Website veröffentlicht.
failed-log = Die Signatur des Protokolls passt nicht, oder die Versiegelung steht nicht darin.
failed-text = Was der Beweis zeigt, ist nicht, was versiegelt wurde: Etwas wurde geändert, hinzugefügt oder weggelassen.
failed-row = Das Exemplar, das der Beweis zeigt, passt nicht zu dem, was versiegelt wurde, oder die Anhaltspunkte reichen nicht aus.
failed-time = Der Zeitstempel ist fehlerhaft oder gefälscht.
failed-page = Der Text auf dieser Seite ist nicht der Text im Beweis (Teile: { $parts }).
failed-load = Die Beweisdatei konnte nicht geladen werden. Über sie ist nichts bekannt; versuchen Sie es noch einmal, oder prüfen Sie von Hand.
failed-browser = Dieser Browser stellt dieser Seite keine Kryptographie bereit (dazu braucht es eine sichere Verbindung). Prüfen Sie von Hand.
by-hand = Von Hand prüfen
by-hand-1 = Laden Sie die Datei herunter, die den Beweis enthält
by-hand-2 = Prüfen Sie sie auf Ihrem eigenen Rechner:
by-hand-3 = oder öffnen Sie die Beweisdatei mit der Prüfseite, die ohne Netz arbeitet; speichern Sie diese zuerst, oder nehmen Sie sie von jemandem, dem Sie vertrauen
by-hand-4 = Der Schlüssel des Protokolls, nach dem die Prüfseite fragt. Vergleichen Sie ihn mit dem, was das Büro anderswo veröffentlicht:
by-hand-fingerprint = Sein Fingerabdruck:
paper = Ein Ausdruck beweist nichts und zeigt keine Prüfung. Wer ihn liest, prüft so:
paper-hash = SHA-256 dieser Datei:
not-shown = Was ein Beweis nicht zeigt: dass die Nachricht gesendet, empfangen oder gelesen wurde; wer sie hinausgegeben hat; dass nichts anderes geschrieben wurde.
download = Beweisdatei herunterladen ({ $kb } kB)

# Was zu einer Erklärung gehört
updates = Aktualisierungen
update = Fassung { $n }, { $date }
withdrawn-update = Zurückgezogen am { $date }
first-version = Erste Veröffentlichung.
read-version = Fassung { $n } lesen
this-version = die Fassung, die Sie lesen
replies = Antworten der Betroffenen
related = Verwandte Erklärungen
comments = Kommentare
comments-none = Es wurde kein Kommentar veröffentlicht.
comments-closed = Die Kommentare sind geschlossen, weil diese Erklärung zurückgezogen wurde.
picture-alt = Ein Brief mit seinen geschlossenen Teilen als schraffierten Blöcken: { $title }

# Formulare
comment-form = Einen Kommentar schreiben
comment-hint = Das Büro liest jeden Kommentar, bevor ihn sonst jemand liest. Adressen werden nicht gespeichert.
field-name = Ihr Name
field-name-hint = So wird er über Ihren Worten stehen.
field-text = Ihre Worte
field-leave = Lassen Sie dieses Feld leer
limit = Höchstens { $n } Zeichen.
send-comment = Kommentar senden
send-reply = Antwort senden
error-name = Geben Sie einen Namen in einer Zeile an, höchstens { $n } Zeichen.
error-text = Schreiben Sie etwas.
error-long = Der Text ist länger als { $n } Zeichen: Kürzen Sie ihn.
error-busy = Aus Ihrem Netz kam gerade zu viel. Warten Sie zehn Minuten und senden Sie es noch einmal; was Sie geschrieben haben, steht unten.
error-closed = Nichts wurde angenommen; was Sie geschrieben haben, steht unten.
error-kept = Es konnte nicht angenommen werden, und nichts davon wurde gespeichert. Versuchen Sie es in einigen Minuten noch einmal; was Sie geschrieben haben, steht unten.
error-unread = Aus Ihrem Netz kam gerade zu viel: Dies wurde nicht gelesen. Gehen Sie zurück zu dem, was Sie geschrieben haben, und senden Sie es in zehn Minuten noch einmal.
thanks-comment = Danke für Ihren Kommentar
thanks-comment-text = Das Büro wird ihn lesen. Er erscheint unter der Erklärung, wenn das Büro ihn zulässt.
thanks-reply = Danke für Ihre Antwort
thanks-reply-text = Sie liegt jetzt dem Büro vor, so versiegelt, dass nur das Büro sie lesen kann.
back = Zurück zur Startseite
back-statement = Zurück zur Erklärung
reply-title = Ihre Antwort
reply-about = Sie sind eingeladen, auf diese Erklärung zu antworten:
reply-until = Der Link gilt bis zum { $date }. Bis dahin können Sie auch mehrmals antworten; das Büro kann Ihre Antwort neben der Erklärung veröffentlichen.
reply-closed = Dieser Link ist nicht gültig
reply-closed-text = Er enthält einen Fehler, oder seine Frist ist abgelaufen. Schreiben Sie dem Büro, wenn Sie das für einen Irrtum halten.

# Wenn etwas nicht da ist
missing = Diese Seite gibt es nicht
missing-text = Die Adresse ist falsch geschrieben, oder die Seite gab es hier nie. Was dieses Büro veröffentlicht, entfernt es nicht.
damaged = Diese Erklärung lässt sich zurzeit nicht zeigen
damaged-text = Sie wurde veröffentlicht, aber ihre Dateien sind hier beschädigt. Zurückgezogen ist sie damit nicht: Das Büro zeigt sie wieder, sobald es die Dateien in Ordnung gebracht hat.
refused = Das ist hier nicht möglich
refused-text = Die Anfrage wurde nicht verstanden, war zu groß oder kam von einer anderen Website. Nichts wurde geändert.
