"""Colours and line styles of the drawings, in light and dark.

Effects differ in colour, in line style and in words, so that none has to be told by colour alone:
teal, amber and red keep their distance under protanopia, deuteranopia and tritanopia.
"""

LEGEND = (
    ("allow", "allow"),
    ("require_approval", "require approval"),
    ("deny", "deny"),
    ("limit", "limit"),
    ("member", "is in"),
    ("is", "has the risk"),
    ("confers", "gives the role"),
)

COLOURS = """\
:root,svg{--page:#fbfcfd;--ink:#17202a;--soft:#5b6875;--line:#b4bec8;--card:#fff;--frame:#eef2f5;\
--allow:#00796b;--ask:#b26a00;--deny:#c62828;--limit:#6a4fb3;--confers:#a0317f}
@media(prefers-color-scheme:dark){:root,svg{--page:#12171c;--ink:#e8edf2;--soft:#9fadba;\
--line:#56626e;--card:#1d252d;--frame:#181f26;--allow:#4db6a6;--ask:#f0a83c;--deny:#ff7a70;\
--limit:#a996ee;--confers:#e58acb}}
"""

MARKS = """\
text{font-family:system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--ink)}
.name{font-size:22px;font-weight:650}.note{font-size:13px;fill:var(--soft)}
.column{font-size:12px;font-weight:600;fill:var(--soft);letter-spacing:.04em}
.label,.heading{font-size:12px;font-weight:600}.line{font-size:11px;fill:var(--soft)}
.page{fill:var(--page)}.rule{stroke:var(--line);fill:none}
.frame>rect{fill:var(--frame);stroke:var(--line)}
.box>rect{fill:var(--card);stroke:var(--line)}.group>rect{stroke-width:1.6;stroke-dasharray:1 0}
.edge{fill:none;stroke:var(--line);stroke-width:3;stroke-linecap:round}
.link{fill:none;stroke:var(--line);stroke-width:1.3;opacity:.75}
.link.faint{opacity:.38}.link.dense{opacity:.2}
.link.allow,.box.allow>.edge{stroke:var(--allow)}
.link.require_approval,.link.floor,.box.require_approval>.edge{stroke:var(--ask)}
.link.deny,.box.deny>.edge{stroke:var(--deny)}
.link.limit,.box.limit>.edge{stroke:var(--limit)}
.link.confers{stroke:var(--confers)}
.link.require_approval,.link.floor{stroke-dasharray:7 4}.link.deny{stroke-dasharray:1.5 4;\
stroke-linecap:round;stroke-width:2}
.link.limit{stroke-dasharray:9 3 2 3}.link.confers{stroke-dasharray:3 3}
.box.deterministic>.edge{stroke:var(--ink)}.box.agent>.edge{stroke:var(--limit)}
.box.human>.edge{stroke:var(--allow)}.box.resource>rect{fill:none;stroke-dasharray:3 3}
.link:hover{opacity:1}.key{opacity:1;stroke-width:2}
"""

STYLE = COLOURS + MARKS
