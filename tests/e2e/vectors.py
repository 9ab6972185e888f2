"""Texts that run a script where a page takes them for its own: ways in, times what is to run.

None may run, and each is to be shown as it was typed. `RUN` stands for a call that is seen.
"""

RUN = ("top.ran=1", "fetch('/ran')", "document.title='ran'", "alert('ran')")
"""Seen in the window, among the requests, in the title, and as a dialog."""

ELEMENTS = (
    "<script>RUN</script>", "<ScRiPt>RUN</sCrIpT>", "<script\t>RUN</script\n>",
    "<script/x>RUN</script>", "<script type=module>RUN</script>", "<script src=/ran></script>",
    "<script>RUN", "<<script>RUN//<</script>", "<script src=data:,RUN></script>",
    "<script>/*<!--*/RUN//--></script>", "<img src=x onerror=RUN>", "<img src=x onerror=\"RUN\"",
    "<img src=x onerror='RUN'//", "<image src=x onerror=RUN>", "<IMG SRC=x ONERROR=RUN>",
    "<img/src=x/onerror=RUN>", "<img\tsrc=x\tonerror=RUN>", "<img\x0csrc=x\x0conerror=RUN>",
    "<img src=x onerror\n=\nRUN>", "<img src=x:x onerror=RUN ", "<img src onerror=RUN>",
    "<img srcset=x onerror=RUN>", "<picture><img srcset=x onerror=RUN></picture>",
    "<svg onload=RUN>", "<svg/onload=RUN>", "<svg\nonload=RUN>", "<svg><script>RUN</script></svg>",
    "<svg><script href=data:,RUN />", "<svg><script>&#97;RUN</script>",
    "<svg><animate onbegin=RUN attributeName=x dur=1s>", "<svg><set onbegin=RUN attributeName=x>",
    "<svg><animatetransform onbegin=RUN attributeName=x>",
    "<svg><a xlink:href='javascript:RUN'><text y=9>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=RUN>#x'/></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>RUN</script>'></foreignObject></svg>",
    "<svg><foreignObject><body onload=RUN></foreignObject></svg>",
    "<svg><desc><img src=x onerror=RUN></desc></svg>",
    "<svg><title><img src=x onerror=RUN></title></svg>",
    "<svg><style><img src=x onerror=RUN></style></svg>",
    "<math><mtext><img src=x onerror=RUN></mtext></math>", "<math href='javascript:RUN'>x</math>",
    "<math><maction actiontype='statusline' xlink:href='javascript:RUN'>x</maction></math>",
    "<math><annotation-xml encoding='text/html'><script>RUN</script></annotation-xml></math>",
    "<body onload=RUN>", "<body onpageshow=RUN>", "<iframe onload=RUN></iframe>",
    "<iframe src=javascript:RUN>", "<iframe srcdoc='<script>RUN</script>'>",
    "<iframe srcdoc='&lt;script&gt;RUN&lt;/script&gt;'>", "<object data=javascript:RUN>",
    "<object data='data:text/html,<script>RUN</script>'>", "<embed src=javascript:RUN>",
    "<embed src='data:text/html,<script>RUN</script>'>", "<video><source onerror=RUN></video>",
    "<video src=x onerror=RUN>", "<audio src=x onerror=RUN>", "<input autofocus onfocus=RUN>",
    "<select autofocus onfocus=RUN>", "<textarea autofocus onfocus=RUN>",
    "<a autofocus tabindex=0 onfocus=RUN>x</a>", "<details open ontoggle=RUN>x",
    "<marquee onstart=RUN>x</marquee>", "<keygen autofocus onfocus=RUN>",
    "<link rel=stylesheet href=/none onerror=RUN>", "<style onload=RUN></style>",
    "<p style='animation:x' onanimationstart=RUN>x",
    "<meta http-equiv=refresh content='0;url=javascript:RUN'>", "<base href='javascript:RUN//'>",
    "<form action=javascript:RUN><button>x</button></form>",
    "<button formaction=javascript:RUN>x</button>", "<isindex action=javascript:RUN>",
    "<x onclick=RUN>x</x>", "<template><script>RUN</script></template>",
    "<dialog open onclose=RUN>x</dialog>",
    "<xss contenteditable onblur=RUN tabindex=1 autofocus>x</xss>",
    "<noscript><p title='</noscript><img src=x onerror=RUN>'>",
)
WAYS_OUT = (
    '">', "'>", "</textarea>", "</title>", "</script>", "</style>", "</noscript>", "--" + ">",
    "]]>", "*/", "</option></select>", "</text></svg>", "</button>", "</a>", "</label>",
    "</template>", "`>", "</iframe>", "<!--<img title='-->", "<![CDATA[", "<!-- -- -->", "<?x ?>",
    "\u2028", "\ufeff", "\u202e", "\u200b", "\uff1c",
)
OPENERS = (
    "<script>RUN</script>", "<img src=x onerror=RUN>", "<svg onload=RUN>",
    "<iframe srcdoc='<script>RUN</script>'>",
)
ATTRIBUTES = (
    '" onfocus=RUN autofocus x="', "' onfocus=RUN autofocus x='", '" onmouseover="RUN',
    "' onmouseover='RUN", '"onpointerenter=RUN "', "` onfocus=RUN autofocus `",
    ' onfocus=RUN autofocus ', '" style="animation:x" onanimationstart="RUN',
    '" srcdoc="<script>RUN</script>', '" href="javascript:RUN', '" formaction="javascript:RUN',
    '"/onload="RUN', '&quot; onfocus=RUN autofocus x=&quot;', '&#34; onfocus=RUN autofocus &#34;',
    '\\" onfocus=RUN autofocus \\"', '" accesskey="x" onclick="RUN',
    '" popover onbeforetoggle="RUN',
)
URLS = (
    "javascript:RUN", "JaVaScRiPt:RUN", " javascript:RUN", "\tjavascript:RUN", "java\tscript:RUN",
    "java\nscript:RUN", "javascript\t:RUN", "javascript://%0aRUN", "javascript://x.example/%0aRUN",
    "javascript:/*--></title>*/RUN", "&#106;avascript:RUN", "&#x6a;avascript:RUN",
    "java&Tab;script:RUN", "java&NewLine;script:RUN", "javascript&colon;RUN", "%6Aavascript:RUN",
    "\\x6aavascript:RUN", "\\u006aavascript:RUN", "\x01javascript:RUN", "feed:javascript:RUN",
    "view-source:javascript:RUN", "vbscript:RUN", "data:text/html,<script>RUN</script>",
    "data:text/html;base64,PHNjcmlwdD50b3AucmFuPTE8L3NjcmlwdD4=#RUN",
    "data:image/svg+xml,<svg onload=RUN>", "data:text/javascript,RUN", "//ran.example/RUN",
    "https:javascript:RUN", "blob:javascript:RUN", "jar:javascript:RUN",
)
SCRIPTS = (
    "';RUN;//", '";RUN;//', "`;RUN;//", "\\';RUN;//", '\\";RUN;//', "'-RUN-'", '"-RUN-"', "'+RUN+'",
    "${RUN}", "`${RUN}`", "{{7*7}}RUN", "{{constructor.constructor('RUN')()}}",
    "{% raw %}RUN{% endraw %}", "{{''.__class__.__mro__}}RUN", "#{RUN}", "<%= RUN %>", "*{RUN}",
    "@{RUN}", "[[RUN]]", "{RUN}", "\\u003cscript\\u003eRUN\\u003c/script\\u003e",
    "\\x3cscript\\x3eRUN\\x3c/script\\x3e", "</script><script>RUN", "<!--<script>RUN", "-->RUN",
    "\u2028RUN", "\u2029RUN", '{"__proto__":{"ran":"RUN"}}', "+ADw-script+AD4-RUN+ADw-/script+AD4-",
    "%3Cscript%3ERUN%3C/script%3E", "&lt;script&gt;RUN&lt;/script&gt;", "&amp;lt;script&amp;gt;RUN",
    "&#60;script&#62;RUN&#60;/script&#62;", "=HYPERLINK(\"javascript:RUN\")", "[x](javascript:RUN)",
    "![x](x\"onerror=\"RUN)", "<javascript:RUN>", "[x]: javascript:RUN",
    "\uff1cscript\uff1eRUN\uff1c/script\uff1e", "\u202e<script>RUN</script>",
    "<scr\u200bipt>RUN</script>", "<scr\0ipt>RUN</scr\0ipt>", "<img src=x one\0rror=RUN>",
    "\0<svg onload=RUN>", "<\u0338script>RUN</script>", "\u02b9\u2033><svg onload=RUN>",
)
STYLES = (
    "x:expression(RUN)", "background:url(javascript:RUN)", "}</style><script>RUN</script>",
    "@import 'javascript:RUN';", "behavior:url(/ran)RUN", "-moz-binding:url(/ran#RUN)",
    "*{background:url('/ran')}/*RUN*/", "\\65xpression(RUN)",
    "color:red;}x{}</style><svg onload=RUN>",
)
MUTATING = (
    "<svg></p><style><a id=\"</style><img src=x onerror=RUN>\">",
    "<math><mi></p><style><!--</style><img src=x onerror=RUN>-->",
    "<math><mtext><table><mglyph><style><!--</style>"
    "<img title=\"--&gt;&lt;img src=x onerror=RUN&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=RUN>",
    "<noscript><style></noscript><img src=x onerror=RUN></style>",
    "<table><tr><td><svg><style><img src=x onerror=RUN>",
    "<p id='</title><img src=x onerror=RUN>'>", "<listing>&lt;img src=x onerror=RUN&gt;</listing>",
    "<xmp><p title='</xmp><img src=x onerror=RUN>'>",
    "<svg><p><style><g title='</style><img src=x onerror=RUN>'>",
    "<select><template><img src=x onerror=RUN></template></select>",
    "<a href='x'><a id=ran name=RUN>", "<img name=createElement><form id=body>RUN",
    "<select><iframe></select><img src=x onerror=RUN>",
    "<title>x</title><svg><desc></svg><img src=x onerror=RUN>",
)


def _all() -> tuple[str, ...]:
    ways = [
        *ELEMENTS, *(out + opener for out in WAYS_OUT for opener in OPENERS), *ATTRIBUTES, *URLS,
        *SCRIPTS, *STYLES, *MUTATING,
    ]
    each_twice = [
        way.replace("RUN", RUN[(number + turn) % len(RUN)])
        for number, way in enumerate(ways) for turn in (0, 1)
    ]
    return tuple(dict.fromkeys(each_twice))


VECTORS = _all()
