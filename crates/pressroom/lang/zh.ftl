# 新闻室，中文。

# 日期与数字
date = { $year }年{ $month }月{ $day }日
moment = { $date } { $time }（UTC）
and = { $first }和{ $last }
comma = 、
colon = ：

# 每页四周
skip = 跳到正文
languages = 语言
feeds = 订阅
feed-rss = RSS
feed-json = JSON Feed
feed-updated = 更新（第 { $n } 版）：{ $title }
feed-withdrawn = 已撤回：{ $title }
feed-note = 第 { $n } 版新增：{ $note }
proof-key = 日志公钥
verifier-page = 验证页
contact = 联系方式：{ $contact }
support = 支持本办公室
support-picture = 用于支持本办公室的二维码

# 首页
empty-title = 尚未发布任何内容
empty-text = 本办公室的声明将刊登于此：每篇都列出公开流传的文本、实际所写的文本，以及由您自己的浏览器验证的证明。
newest = 最新声明
older = 更早的声明
newer = 更新的声明
most-read = 本周阅读最多
kind-leak = 对被公开信件的回应
kind-reworded = 对被改写信件的回应
kind-invented = 对捏造言论的回应
kind-notice = 通告
kind-withdrawn = 已撤回
in-short = { $kind }。{ $text }
reads = 阅读 { $n } 次

# 声明
by = 署名：{ $name }
published = 发布于 { $date }
updated = 更新于 { $date }
withdrawn-title = 本声明已撤回
withdrawn-text = { $date }。原因：{ $why }
withdrawn-stays = 已发布的内容仍可在下方阅读。
earlier-version = 这是第 { $n } 版（共 { $of } 版），为 { $date }之前的内容。
earlier-link = 阅读最新版本
compared = 公开流传的文本与所写的文本
published-text = 公开流传的文本，并非本办公室的原话
published-by = “{ $source }”公开的文本，并非本办公室的原话
written-text = 所写的文本
post-hidden = 本办公室不在此重复这些言论。
never-written = 这些言论是捏造的
never-written-text = 被指为作者的人没有写过这些话。没有人能证明某些话从未有人写过；能够展示的是：本办公室说了什么、从何时起这样说，以及此后未曾更改。
reworded-text = 公开的字句并非原来写下的字句：原意被换成了别的说法。
post-source = 出处
post-author = 发布者
post-published = 发布时间
post-captured = 留存时间
post-hash = 留存文件的 SHA-256
post-link = 网址（文本）
own-word = ，据其自称
reference = 编号 { $reference }
part-number = 第 { $n } 部分
hole = { $n } · 未公开：{ $words }
words-1 = 1 至 5 词
words-2 = 6 至 10 词
words-3 = 11 至 20 词
words-4 = 21 至 40 词
words-5 = 40 词以上
holes = { $closed ->
    [0] 全部公开。
   *[other] 共 { $all } 部分，公开 { $open } 部分。带斜线的方块是与其余部分一同封存而未公开的部分：只显示其位置和长度。
}
own-copy = 同一信件的各份副本可能在意思相同的措辞上有所不同。此处显示的是本办公室自存的副本；此类措辞不算差异。
unseen = 注意：此文本含有不可见或改变阅读方向的字符。您所见的可能不是全部内容。
cut = 此文本很长，这里只显示前 { $kb } kB。

# 差异
differences = 逐条差异
legend = 两边文本中的数字对应差异列表。
change-added = 添加
change-changed = 更改
change-moved = 移动
change-omitted = 略去
lit-added = 添加：
lit-changed = 更改：
lit-moved = 移动：
lit-omitted = 此处略去：
lit-end = 差异 { $n } 结束
change-sent = 写下的
change-published = 公开的
change-none = 无
same = 两边公开的部分没有差异。

# 证明
proof = 证明
sealed-before = 据独立时钟，封存于 { $date }之前。
no-clock = 本站列出的独立时钟中，没有任何一个为时间作证：称写于 { $date }，只是本办公室自己的说法。
sealed-late = 注意：封存是在所回应的内容公开之后，不能证明此前写的是什么。
no-proof = 本声明没有附带证明。
bundle-broken = 本声明所附证明不成立。请勿依赖所示的“所写的文本”。
bundle-missing = 本声明的证明文件在此缺失，或不是随其发布的那一份。以下内容均未得到证明：请勿依赖所示的“所写的文本”，并请向本办公室查询。
not-run = 您的浏览器没有验证：没有脚本就无法验证。手动验证方法见下。
not-run-preview = 预览中不作任何验证。
checking = 您的浏览器正在验证……
verified = 已由您自己的浏览器验证
verified-parts = { $n ->
   *[other] 此处第 { $parts } 部分与封存时完全一致。
}
verified-closed = 未公开的部分处于封存时的位置，没有遗漏。
verified-before = 封存于 { $before }之前。
verified-no-clock = 没有独立时钟为时间作证。
verified-key = 使用本站公布的公钥验证。请将其指纹与其他来源的比对：{ $fingerprint }
verified-carried = 使用证明文件自带的公钥验证，因为本站没有公布公钥。
not-verified = 未通过验证
failed-file = 证明文件已损坏，或不是证明文件。
failed-key = 证明属于另一个日志，而不是本站公布了公钥的那个日志。
failed-log = 日志签名不符，或封存记录不在日志中。
failed-text = 证明所示并非封存的内容：有更改、添加或略去。
failed-row = 证明所示的副本与封存内容不符，或证据太少。
failed-time = 时间戳已损坏，或系伪造。
failed-page = 本页文本与证明中的文本不同（第 { $parts } 部分）。
failed-load = 无法取得证明文件，其情况不明。请重试或手动验证。
failed-browser = 此浏览器没有为本页提供加密功能（需要安全连接）。请手动验证。
by-hand = 手动验证
by-hand-1 = 下载含有证明的文件
by-hand-2 = 在您自己的电脑上验证：
by-hand-3 = 或在验证页中打开，该页无需网络；请先保存该页，或从您信任的人处取得
by-hand-4 = 验证时需要的日志公钥。请与本办公室在别处公布的比对：
by-hand-fingerprint = 其指纹：
paper = 打印件不能证明任何事，也不显示任何验证结果。读者可以这样验证：
paper-hash = 该文件的 SHA-256：
not-shown = 证明不能说明：信件是否发出、收到或被阅读；是谁泄露的；是否还写过别的内容。
download = 下载证明文件（{ $kb } kB）

# 声明的附属内容
updates = 更新
update = 第 { $n } 版，{ $date }
withdrawn-update = 撤回于 { $date }
first-version = 首次发布。
read-version = 阅读第 { $n } 版
this-version = 您正在阅读的版本
replies = 相关方的答复
related = 相关声明
comments = 评论
comments-none = 没有已发布的评论。
comments-closed = 本声明已撤回，评论已关闭。
picture-alt = 一封信，未公开部分为带斜线的方块：{ $title }

# 表单
comment-form = 写评论
comment-hint = 每条评论都先由本办公室阅读。不保存任何地址。
field-name = 您的名字
field-name-hint = 将显示在您的文字上方。
field-text = 您的文字
field-leave = 此栏请留空
limit = 最多 { $n } 个字符。
send-comment = 发送评论
send-reply = 发送答复
error-name = 名字请写在一行内，最多 { $n } 个字符。
error-text = 请写些内容。
error-long = 超过 { $n } 个字符：请缩短。
error-busy = 您的网络刚才发送过多。请等十分钟再重新发送；您写的内容在下方。
error-closed = 未接收任何内容；您写的内容在下方。
error-kept = 未能接收，没有保存任何内容。请几分钟后再试；您写的内容在下方。
error-unread = 您的网络刚才发送过多：此次内容未被读取。请返回您写的内容，十分钟后再发送。
thanks-comment = 感谢您的评论
thanks-comment-text = 本办公室将先阅读您的评论。若获准，将显示在声明下方。
thanks-reply = 感谢您的答复
thanks-reply-text = 已送达本办公室，并已密封，只有本办公室能阅读。
back = 返回首页
back-statement = 返回声明
reply-title = 您的答复
reply-about = 邀请您就以下声明作出答复：
reply-until = 链接有效至 { $date }。在此之前可以多次答复；本办公室可将您的答复刊登在声明旁。
reply-closed = 此链接无效
reply-closed-text = 链接有误，或已过期。若您认为有误，请联系本办公室。

# 不存在的内容
missing = 没有这个页面
missing-text = 网址有误，或此页从未存在。本办公室发布的内容不会删除。
damaged = 目前无法显示本声明
damaged-text = 本声明已经发布，但此处的文件已损坏。这并非撤回：文件修复后，本办公室将重新显示。
refused = 此处无法进行此操作
refused-text = 请求无法理解、过大，或来自其他网站。没有任何更改。
