#include <fmt/format.h>

#include "synod/trace/diagram.hpp"
#include "synod/trace/svg.hpp"

namespace synod::trace {

namespace {

constexpr std::string_view kHtmlHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
)";

constexpr std::string_view kPage = R"(<style>
:root{--p:#ffffff;--i:#1c2128;--l:#d0d7de}
@media (prefers-color-scheme:dark){:root{--p:#0d1117;--i:#e6edf3;--l:#3d444d}}
body{margin:0;width:max-content;min-width:100%;background:var(--p);color:var(--i);font:13px system-ui,sans-serif}
header{position:sticky;top:0;left:0;z-index:3;width:100vw;box-sizing:border-box;background:var(--p);border-bottom:1px solid var(--l);padding:6px 12px;
display:flex;gap:14px;align-items:center;flex-wrap:wrap}
button{font:inherit;min-width:2.2em;color:inherit;background:none;border:1px solid var(--l);border-radius:5px}
#names{position:sticky;z-index:2;display:block;border-bottom:1px solid var(--l)}#sheet .name{visibility:hidden}
#detail{position:fixed;pointer-events:none;display:none;white-space:pre-wrap;max-width:46em;z-index:3;padding:6px 9px;
background:var(--p);border:1px solid var(--l);border-radius:5px;font:12px ui-monospace,monospace;
box-shadow:0 2px 8px #0004}
#sheet.only .arrow{opacity:.12}#sheet .arrow.on{opacity:1}#sheet .arrow.on line{stroke-width:2.6}
#sheet.deaf .listens{display:none}
</style>)";

// A wheel with Ctrl, or the buttons, zoom about the pointer; a message lights up whole; the names stay in
// sight.
constexpr std::string_view kScript = R"(<script>
const sheet=document.getElementById('sheet'),svg=sheet.firstElementChild,detail=document.getElementById('detail');
const width=svg.viewBox.baseVal.width,height=svg.viewBox.baseVal.height;let scale=1;
const names=svg.cloneNode(false);names.id='names';names.setAttribute('viewBox','0 34 '+width+' 22');
for(const n of svg.querySelectorAll('.name'))names.append(n.cloneNode(true));sheet.before(names);
function resize(s){for(const[e,h]of[[svg,height],[names,22]]){e.setAttribute('width',width*s);e.setAttribute('height',h*s)}
names.style.top=document.querySelector('header').offsetHeight+'px'}
resize(1);addEventListener('resize',()=>resize(scale));
function zoom(to,x,y){to=Math.min(6,Math.max(.1,to));const r=svg.getBoundingClientRect();
const fx=(x-r.left)/scale,fy=(y-r.top)/scale;scale=to;resize(to);const n=svg.getBoundingClientRect();
scrollBy(n.left+fx*to-x,n.top+fy*to-y);}
const step=f=>zoom(scale*f,innerWidth/2,innerHeight/2);
document.getElementById('in').onclick=()=>step(1.25);document.getElementById('out').onclick=()=>step(.8);
document.getElementById('fit').onclick=()=>zoom((document.documentElement.clientWidth-4)/width,0,0);
document.getElementById('deaf').onchange=e=>sheet.classList.toggle('deaf',!e.target.checked);
addEventListener('wheel',e=>{if(!e.ctrlKey)return;e.preventDefault();zoom(scale*Math.exp(-e.deltaY/300),e.clientX,
e.clientY)},{passive:false});
for(const t of sheet.querySelectorAll('title')){t.parentNode.dataset.t=t.textContent;t.remove()}
function light(m){sheet.classList.toggle('only',!!m);
for(const a of sheet.querySelectorAll('.arrow'))a.classList.toggle('on',!!m&&a.dataset.m===m)}
sheet.onmousemove=e=>{const g=e.target.closest('[data-t]');detail.style.display=g?'block':'none';
light(g&&g.dataset.m);if(!g)return;detail.textContent=g.dataset.t;
detail.style.left=Math.min(e.clientX+14,innerWidth-detail.offsetWidth-8)+'px';
detail.style.top=Math.min(e.clientY+14,innerHeight-detail.offsetHeight-8)+'px'};
sheet.onmouseleave=()=>{detail.style.display='none';light()};
</script>)";

}  // namespace

std::string draw_html(const std::vector<Event>& events, const DiagramOptions& options) {
    const std::string title = options.title.empty() ? "What happened" : options.title;
    DiagramOptions untitled = options;
    untitled.title.clear();
    return fmt::format(
        "{}<title>{}</title>{}</head><body>\n<header><b>{}</b><span><button id=\"out\" "
        "title=\"smaller\">&minus;</button> "
        "<button id=\"in\" title=\"larger\">+</button> <button id=\"fit\">fit</button></span>"
        "<label><input type=\"checkbox\" id=\"deaf\" checked> arrows to those who only listen</label>"
        "<span>Ctrl and wheel zoom; point at anything for details</span></header>\n"
        "<div id=\"sheet\">{}</div><div id=\"detail\"></div>{}</body></html>\n",
        kHtmlHead, escaped(title), kPage, escaped(title), draw_svg(events, untitled), kScript);
}

}  // namespace synod::trace
