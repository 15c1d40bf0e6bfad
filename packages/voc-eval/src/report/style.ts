import { Markup } from './markup';

/**
 * The report's style sheet: one column that fits a phone, wide tables that scroll by themselves, light and dark after
 * the reader's setting. Colours are Okabe and Ito's and a grey, told apart with every form of colour blindness.
 */
export const style = new Markup(`
:root { color-scheme: light dark; --page: #fff; --text: #1a1a1a; --faint: #5c5c5c; --line: #d9d9d9; --panel: #f5f5f5;
  --bar: #0072b2; --found: #56b4e9; --false: #ff7a1a; --missed: #f0e442;
  --classification: #cc79a7; --localisation: #e69f00; --both: #595959; --duplicate: #009e73; --background: #d55e00;
  --missed-type: #0072b2; }
@media (prefers-color-scheme: dark) {
  :root { --page: #16181c; --text: #ececec; --faint: #a8a8a8; --line: #3a3d44; --panel: #202329; --bar: #56b4e9;
    --both: #d0d0d0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; overflow-wrap: anywhere; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0 .75rem; overflow-wrap: anywhere; } .faint { color: var(--faint); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .5rem; margin: 1rem 0; }
.tile { background: var(--panel); border-radius: .5rem; padding: .5rem .75rem; }
.tile b { display: block; font-size: 1.2rem; font-variant-numeric: tabular-nums; }
.tile span { color: var(--faint); font-size: .875rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .5rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th { font-weight: 600; font-size: .875rem; } thead th { vertical-align: bottom; } th:first-child { text-align: left; position: sticky; left: 0; background: var(--page);
  max-width: 14rem; overflow: hidden; text-overflow: ellipsis; } tbody th { font-weight: 400; font-size: 1rem; }
td.bar { width: 30%; min-width: 5rem; } td.bar i { display: block; height: .8rem; border-radius: .2rem; background: var(--bar); }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .75rem; }
figure { margin: 0; } figcaption { font-size: .875rem; overflow-wrap: anywhere; } svg { display: block; width: 100%; height: auto; }
.axis { stroke: var(--line); fill: none; } .curve { stroke: var(--bar); fill: none; stroke-width: 2; }
.raw { stroke: var(--faint); fill: none; opacity: .6; } .best { fill: var(--false); } svg text { fill: var(--faint); }
.stack { display: flex; height: 1.6rem; border-radius: .3rem; overflow: hidden; background: var(--panel); }
.stack i { display: block; border-right: 1px solid var(--page); } ul.key { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
  .key i, .stack i { forced-color-adjust: none; } .key i { display: inline-block; width: .9rem; height: .9rem; border-radius: .2rem; margin-right: .35rem; vertical-align: -.1rem; }
table.confusion td { text-align: center; padding: .2rem .3rem; font-size: .8rem; } table.confusion th { font-size: .75rem; }
table.confusion td[style] { color: var(--text); }
table.confusion thead span { display: inline-block; writing-mode: vertical-rl; transform: rotate(180deg); max-height: 9rem; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 1rem; }
.pictures figure > svg { background: var(--panel); border-radius: .3rem; } rect.box { fill: none; vector-effect: non-scaling-stroke; stroke-width: 2.5; filter: drop-shadow(0 0 1px #000); }
rect.found { stroke: var(--found); } rect.false { stroke: var(--false); } rect.missed { stroke: var(--missed); stroke-dasharray: 6 4; }
svg text.label { fill: #fff; stroke: #000; paint-order: stroke; stroke-linejoin: round; font-weight: 600; }
svg text.label.missed { fill: #f0e442; }
@media (min-width: 45rem) { .pictures figure > svg { max-height: 20rem; } }
@media (max-width: 45rem) { th, td { padding: .25rem .35rem; } tbody th, td { font-size: .9rem; } th:first-child { max-width: 7rem; }
  td.bar { min-width: 4rem; } table.errors thead span { display: inline-block; writing-mode: vertical-rl; transform: rotate(180deg); } }
`);
