/** A designed mail. */
export const PROOF = `<style>body{margin:0!important;background:#F7F2E8}</style>
<div style="padding:28px 32px 30px;font:15px/24px Georgia,'Noto Serif',serif;color:#2B2418">
<div style="font:600 12px/16px sans-serif;letter-spacing:.16em;color:#1E4D45">PAPIER &amp; FILS</div>
<div style="font-size:30px;line-height:36px;color:#173B36;margin-top:20px">Your third proof<br>is ready.</div>
<p>Dear Yue, page 12 is corrected and the spine is two millimetres wider, as Tomas asked. If you release it by Wednesday noon, we print on Thursday.</p>
<p><a style="display:inline-block;padding:9px 18px;background:#1E4D45;color:#F7F2E8;font:600 14px/20px sans-serif;border-radius:2px">Review the proof</a></p>
</div>`;
