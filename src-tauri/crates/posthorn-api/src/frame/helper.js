document.documentElement.classList.add("in-parts");
addEventListener("DOMContentLoaded", () => {
const d = document, root = d.documentElement, body = d.body;
const post = (m) => parent.postMessage(m, "*"), cut = (t) => String(t).slice(0, 1e5);
const on = (name, f) => addEventListener(name, f, true);
const fit = () => post({ kind: "height", px: Math.max(root.offsetHeight, body.scrollHeight) });
const at = (e) => e.target.closest?.("a[href],area[href]") ?? null;
const link = (a, open) => post({ kind: "link", href: a?.href ?? "", text: cut(a?.textContent ?? ""), open });
for (const q of d.querySelectorAll(".mail-quote")) {
if (q.parentElement.closest(".mail-quote")) continue;
const r = d.createRange();
r.selectNodeContents(body);
r.setStartAfter(q);
const after = r.toString().trim();
r.setStart(body, 0);
r.setEndBefore(q);
if (after || !r.toString().trim()) continue;
const b = d.createElement("button");
b.className = "mail-fold";
b.textContent = "···";
b.onclick = () => b.setAttribute("aria-expanded", !(q.hidden = !q.hidden));
b.onclick(q.before(b));
}
new ResizeObserver(fit).observe(body);
const late = [...d.querySelectorAll(".mail-late")];
const more = () => {
const p = late.shift();
if (p) setTimeout(more, 30, p.classList.remove("mail-late"));
};
on("load", () => setTimeout(more, 60, fit()));
on("keydown", (e) => {
if (e.isComposing || (e.key === "Enter" && e.target.closest?.("a,button"))) return;
const { key, code, ctrlKey, shiftKey, altKey, metaKey } = e;
post({ kind: "key", key, code, ctrlKey, shiftKey, altKey, metaKey });
});
const click = (e) => {
const a = at(e);
if (!a || e.button > 1) return;
e.preventDefault();
const href = a.getAttribute("href");
if (href[0] === "#") d.getElementById(href.slice(1))?.scrollIntoView();
else link(a, true);
};
on("click", click);
on("auxclick", click);
let over = null;
const hover = (a) => a !== over && link(over = a, false);
on("mouseover", (e) => hover(at(e)));
on("focusin", (e) => hover(at(e)));
root.onmouseleave = () => hover(null);
const select = () => {
const s = getSelection(), text = cut(s);
post({ kind: "selection", text, html: text && cut(new XMLSerializer().serializeToString(s.getRangeAt(0).cloneContents())) });
};
on("mouseup", select);
on("keyup", select);
const low = (t) => (t.toLowerCase().length === t.length ? t.toLowerCase() : t);
const block = (n) => n.parentElement.closest("p,div,td,th,li,tr,h1,h2,h3,h4,h5,h6,blockquote,pre,body");
let hits = [];
const search = (words) => {
hits = [];
let text = "", last = null;
const nodes = [], walk = d.createTreeWalker(body, 4);
while (words && walk.nextNode()) {
const n = walk.currentNode;
if (n.parentElement.closest("style,.mail-fold")) continue;
if (last && last !== block(n)) text += "\n";
last = block(n);
nodes.push([text.length, n]);
text += low(n.data);
}
const at = (i) => nodes[nodes.findLastIndex(([from]) => from <= i)];
for (let i = text.indexOf(words); words && i >= 0 && hits.length < 1000; i = text.indexOf(words, i + words.length)) {
const r = d.createRange(), [a, from] = at(i), [b, to] = at(i + words.length - 1);
r.setStart(from, i - a);
r.setEnd(to, Math.min(to.length, i + words.length - b));
hits.push(r);
}
};
const mark = (name, ranges) => CSS.highlights?.set(name, new Highlight(...ranges));
addEventListener("message", ({ source, data }) => {
if (source !== parent || data?.kind !== "find") return;
search(low(cut(data.words)));
const hit = hits[data.at];
const folded = hit?.startContainer.parentElement.closest(".mail-quote[hidden]");
if (folded) folded.previousSibling.click();
mark("find", hits);
mark("found", hit ? [hit] : []);
post({ kind: "found", count: hits.length, top: hit ? hit.getBoundingClientRect().top : null });
});
post({ kind: "ready" });
fit();
});
