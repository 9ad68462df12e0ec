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
on("load", fit);
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
post({ kind: "ready" });
fit();
});
