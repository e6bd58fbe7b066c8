# La salle de presse en français.

# Dates et nombres
date = { $day ->
    [1] 1er
   *[other] { $day }
} { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
} { $year }
moment = { $date } à { $time } UTC
and = { $first } et { $last }
comma = {", "}
colon = {" : "}

# Autour de chaque page
skip = Aller au contenu
languages = Langues
feeds = Flux
feed-rss = RSS
feed-json = JSON Feed
feed-updated = Mise à jour (version { $n }) : { $title }
feed-withdrawn = Retirée : { $title }
feed-note = Nouveau dans la version { $n } : { $note }
proof-key = Clé du journal
verifier-page = Vérificateur
contact = Contact : { $contact }
support = Soutenir ce bureau
support-picture = Code à scanner pour soutenir ce bureau

# La première page
empty-title = Rien n’a encore été publié
empty-text = Les déclarations de ce bureau paraîtront ici, chacune avec ce qui a été publié, ce qui a vraiment été écrit et une preuve que votre propre navigateur vérifie.
newest = Déclarations récentes
older = Déclarations plus anciennes
newer = Déclarations plus récentes
most-read = Les plus lues cette semaine
kind-leak = Réponse à un message publié
kind-reworded = Réponse à un message reformulé
kind-invented = Réponse à des propos inventés
kind-notice = Avis
kind-withdrawn = Retirée
in-short = { $kind }. { $text }
reads = { $n ->
    [1] lue une fois
   *[other] lue { $n } fois
}

# Une déclaration
by = Par { $name }
published = Publiée le { $date }
updated = Mise à jour le { $date }
withdrawn-title = Cette déclaration a été retirée
withdrawn-text = Le { $date }. Motif : { $why }
withdrawn-stays = Ce qui avait été publié reste lisible ci-dessous.
earlier-version = Ceci est la version { $n } sur { $of }, telle qu’elle se lisait jusqu’au { $date }.
earlier-link = Lire la dernière version
compared = Ce qui a été publié et ce qui a été écrit
published-text = Texte tel que publié : ce ne sont pas nos mots
published-by = Texte tel que publié par { $source } : ce ne sont pas nos mots
written-text = Ce qui a été écrit
post-hidden = Le bureau ne répète pas ces propos ici.
never-written = Ces propos sont inventés
never-written-text = La personne à qui on les attribue ne les a pas écrits. Nul ne peut prouver qu’une chose n’a jamais été écrite ; ce qui peut être montré, c’est ce que dit ce bureau, à partir de quelle date, et qu’il n’a pas changé ses propos depuis.
reworded-text = Les mots publiés ne sont pas ceux qui ont été écrits : le sens a été rendu par d’autres mots.
post-source = Où
post-author = Par qui
post-published = Publié
post-captured = Capturé
post-hash = SHA-256 de la capture
post-link = l’adresse, en texte
own-word = {", "}selon la publication elle-même
reference = Référence { $reference }
part-number = passage { $n }
hole = { $n } · fermé : { $words }
words-1 = 1 à 5 mots
words-2 = 6 à 10 mots
words-3 = 11 à 20 mots
words-4 = 21 à 40 mots
words-5 = plus de 40 mots
holes = { $closed ->
    [0] Tout est ouvert.
   *[other] { $open ->
        [one] { $open } passage sur { $all } est ouvert.
       *[other] { $open } passages sur { $all } sont ouverts.
    } Un bloc hachuré est un passage qui a été scellé avec les autres et reste fermé : sa place et sa longueur sont tout ce qui en est montré.
}
own-copy = Les exemplaires d’un même message peuvent différer par des tournures équivalentes. C’est l’exemplaire du bureau qui est montré ; ces tournures ne comptent pas comme différences.
unseen = Attention : ce texte contient des caractères invisibles ou qui changent le sens de lecture. Ce que vous voyez n’est peut-être pas tout ce qui s’y trouve.
cut = Ce texte est très long : seuls ses premiers { $kb } ko sont montrés ici.

# Différences
differences = Les différences, une à une
legend = Les numéros dans les deux textes renvoient à la liste des différences.
change-added = Ajouté
change-changed = Modifié
change-moved = Déplacé
change-omitted = Omis
lit-added = ajouté :
lit-changed = modifié :
lit-moved = déplacé :
lit-omitted = omis ici :
lit-end = fin de la différence { $n }
change-sent = Écrit
change-published = Publié
change-none = rien
same = Dans ce qui est ouvert des deux côtés, rien ne diffère.

# Preuve
proof = Preuve
sealed-before = Scellé avant le { $date }, selon une horloge indépendante.
no-clock = Aucune horloge indépendante nommée par ce site n’atteste la date : seul le bureau affirme que le texte a été écrit le { $date }.
sealed-late = Scellé APRÈS la publication à laquelle cette déclaration répond : cela ne prouve pas ce qui avait été écrit avant.
no-proof = Cette déclaration est publiée sans preuve.
bundle-broken = La preuve jointe à cette déclaration ne tient pas. Ne vous fiez pas au texte présenté comme « ce qui a été écrit ».
bundle-missing = Le fichier de preuve de cette déclaration manque ici, ou n’est pas celui qui a été publié avec elle. Rien de ce qui suit n’est prouvé : ne vous fiez pas au texte présenté comme « ce qui a été écrit », et adressez-vous au bureau.
not-run = Votre navigateur n’a rien vérifié : sans scripts, il ne le peut pas. La manière de vérifier à la main est expliquée ci-dessous.
not-run-preview = Dans l’aperçu, rien n’est vérifié.
checking = Votre navigateur vérifie…
verified = Vérifié par votre propre navigateur
verified-parts = { $n ->
    [1] Le passage { $parts } se lit ici exactement comme il a été scellé.
   *[other] Les passages { $parts } se lisent ici exactement comme ils ont été scellés.
}
verified-closed = Les passages fermés sont à la place où ils ont été scellés, et aucun n’a été omis.
verified-before = Scellé avant le { $before }.
verified-no-clock = Aucune horloge indépendante n’atteste la date.
verified-key = Vérifié avec la clé que ce site publie. Comparez son empreinte avec celle que donne une autre source : { $fingerprint }
verified-carried = Vérifié avec la clé que contient le fichier de preuve lui-même, car ce site n’en publie aucune.
not-verified = NON vérifié
failed-file = Le fichier est endommagé, ou n’est pas un fichier de preuve.
failed-key = La preuve relève d’un autre journal que celui dont ce site publie la clé.
failed-log = La signature du journal ne correspond pas, ou le scellement n’y est pas inscrit.
failed-text = Ce que montre la preuve n’est pas ce qui a été scellé : quelque chose a été changé, ajouté ou omis.
failed-row = L’exemplaire montré dans la preuve ne correspond pas à ce qui a été scellé, ou les indices ne suffisent pas.
failed-time = L’horodatage est défectueux ou falsifié.
failed-page = Le texte de cette page n’est pas celui que contient la preuve (passages : { $parts }).
failed-load = Le fichier de preuve n’a pas pu être chargé. On n’en sait rien ; réessayez, ou vérifiez à la main.
failed-browser = Ce navigateur ne met pas ses fonctions cryptographiques à la disposition de cette page (il faut une connexion sécurisée). Vérifiez à la main.
by-hand = Vérifier à la main
by-hand-1 = Téléchargez le fichier qui contient la preuve
by-hand-2 = Vérifiez-le sur votre propre ordinateur :
by-hand-3 = ou ouvrez-le dans le vérificateur, une page qui fonctionne sans réseau ; enregistrez-la d’abord, ou obtenez-la d’une personne de confiance
by-hand-4 = La clé du journal, que demande le vérificateur. Comparez-la avec ce que le bureau publie ailleurs :
by-hand-fingerprint = Son empreinte :
paper = Une page imprimée ne prouve rien et ne montre aucune vérification. Voici comment vérifier :
paper-hash = SHA-256 de ce fichier :
not-shown = Ce qu’une preuve ne montre pas : que le message a été envoyé, reçu ou lu ; qui l’a divulgué ; que rien d’autre n’a été écrit.
download = Télécharger le fichier de preuve ({ $kb } ko)

# Ce qui va avec une déclaration
updates = Mises à jour
update = Version { $n }, { $date }
withdrawn-update = Retirée le { $date }
first-version = Première publication.
read-version = Lire la version { $n }
this-version = la version que vous lisez
replies = Réponses des personnes concernées
related = Déclarations liées
comments = Commentaires
comments-none = Aucun commentaire n’a été publié.
comments-closed = Les commentaires sont fermés, car cette déclaration a été retirée.
picture-alt = Une lettre dont les passages fermés sont des blocs hachurés : { $title }

# Formulaires
comment-form = Écrire un commentaire
comment-hint = Le bureau lit chaque commentaire avant tout autre lecteur. Aucune adresse n’est conservée.
field-name = Votre nom
field-name-hint = Tel qu’il paraîtra au-dessus de votre texte.
field-text = Votre texte
field-leave = Laissez ce champ vide
limit = { $n } caractères au plus.
send-comment = Envoyer le commentaire
send-reply = Envoyer la réponse
error-name = Écrivez un nom d’une ligne, de { $n } caractères au plus.
error-text = Écrivez quelque chose.
error-long = Le texte dépasse { $n } caractères : raccourcissez-le.
error-busy = Trop d’envois viennent d’arriver de votre réseau. Attendez dix minutes, puis renvoyez ; ce que vous avez écrit est ci-dessous.
error-closed = Rien n’a été enregistré ; ce que vous avez écrit est ci-dessous.
error-kept = L’envoi n’a pas pu être enregistré, et rien n’en est conservé. Réessayez dans quelques minutes ; ce que vous avez écrit est ci-dessous.
error-unread = Trop d’envois viennent d’arriver de votre réseau : celui-ci n’a pas été lu. Revenez à ce que vous avez écrit et renvoyez-le dans dix minutes.
thanks-comment = Merci de votre commentaire
thanks-comment-text = Le bureau va le lire. Il paraîtra sous la déclaration si le bureau l’accepte.
thanks-reply = Merci de votre réponse
thanks-reply-text = Le bureau l’a reçue ; elle est scellée, et lui seul peut la lire.
back = Retour à la page d’accueil
back-statement = Retour à la déclaration
reply-title = Votre réponse
reply-about = Ce bureau vous invite à répondre à cette déclaration :
reply-until = Ce lien est valable jusqu’au { $date }. Jusque-là, vous pouvez répondre plusieurs fois ; le bureau peut publier votre réponse à côté de la déclaration.
reply-closed = Ce lien n’est pas valable
reply-closed-text = Il comporte une erreur, ou son délai est écoulé. Écrivez au bureau si vous pensez qu’il devrait être valable.

# Ce qui n’est pas là
missing = Cette page n’existe pas
missing-text = L’adresse comporte une erreur, ou la page n’a jamais existé ici. Ce que ce bureau publie, il ne le supprime pas.
damaged = Cette déclaration ne peut être montrée pour le moment
damaged-text = Elle a été publiée, mais ses fichiers sont endommagés ici. Cela ne veut pas dire qu’elle a été retirée : le bureau la montrera de nouveau une fois les fichiers rétablis.
refused = Cela n’est pas possible ici
refused-text = La demande n’a pas été comprise, était trop volumineuse ou venait d’un autre site. Rien n’a été changé.
