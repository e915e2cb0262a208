// Draws `spec` as SVG, looks at the marks, and writes a line per check.
const lines = [];
const check = (name, holds, found) =>
    lines.push(`${holds ? 'ok' : 'not ok'} - ${chart}: ${name}${holds ? '' : `, but ${JSON.stringify(found)}`}`);

const all = (selector) => [...document.querySelectorAll(`#chart svg ${selector}`)];
const left = (mark) => Math.round(mark.getBoundingClientRect().left);
const top_ = (mark) => Math.round(mark.getBoundingClientRect().top);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// Labels of the axis, in the order in which they are seen.
const axis = (title, place) =>
    all('.role-axis')
        .filter((group) => group.querySelector('.role-axis-title text')?.textContent === title)
        .flatMap((group) => [...group.querySelectorAll('.role-axis-label text')])
        .sort((a, b) => place(a) - place(b))
        .map((text) => text.textContent);

const brightness = (rect) => rect.getAttribute('fill').match(/\d+/g).reduce((sum, part) => sum + Number(part), 0);

function look(view) {
    const color = spec.layer[0].encoding.color;
    const { x, y } = spec.encoding;
    const cells = spec.data.values;
    const rects = all('.mark-rect.role-mark path');
    const texts = all('.mark-text.role-mark text').map((text) => text.textContent);
    const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 12 });

    check('the title is there', all('.role-title text').some((text) => text.textContent === spec.title), spec.title);
    check('there is a rectangle for each cell', rects.length === cells.length, rects.length);
    check('each has its number on it', same(texts.map((text) => text.replace('−', '-')).sort(), cells.map((cell) => number.format(cell[color.field])).sort()), texts);

    // Vega describes each mark as "title: value; ...".
    const described = (rect, encoding, cell) => rect.getAttribute('aria-label').includes(`${encoding.title}: ${cell[encoding.field]};`);
    const rect_of = (cell) => rects.find((rect) => described(rect, x, cell) && described(rect, y, cell));
    check('each cell is drawn where its axes say', cells.every((cell) => rect_of(cell)), rects[0]?.getAttribute('aria-label'));
    const columns = axis(x.title, left);
    const rows = axis(y.title, top_);
    if (x.field === 'f') {
        const scores = Array.from({ length: Math.sqrt(cells.length) }, (_, i) => String(i + 1));
        check('frequency grows to the right', same(columns, scores), columns);
        check('recency grows upwards', same(rows, [...scores].reverse()), rows);
    } else {
        const known = (labels) => labels.filter((label) => x.sort.includes(label));
        check('segments run from best to worst', [columns, rows].every((labels) => same(known(labels), x.sort.filter((label) => labels.includes(label)))), columns);
    }
    check('cells of a row are level', cells.every((cell) => top_(rect_of(cell)) === top_(rect_of(cells.find((other) => other[y.field] === cell[y.field])))));
    const greatest = cells.reduce((a, b) => (b[color.field] > a[color.field] ? b : a));
    check('the greatest is the darkest', rects.every((rect) => brightness(rect) >= brightness(rect_of(greatest))));

    const item = view.scenegraph().root.items[0].items.find((mark) => mark.marktype === 'rect' && mark.role === 'mark').items[0];
    check('a tooltip tells the number', color.title in item.tooltip, item.tooltip);
}

async function draw() {
    try {
        const warnings = [];
        const logger = { level: () => logger, warn: (...text) => (warnings.push(text.join(' ')), logger), info: () => logger, debug: () => logger, error: (...text) => (warnings.push(text.join(' ')), logger) };
        const compiled = vegaLite.compile(spec, { logger });
        check('Vega-Lite has nothing to say against it', warnings.length === 0, warnings);
        const view = await new vega.View(vega.parse(compiled.spec), { renderer: 'svg', container: '#chart', hover: true }).runAsync();
        look(view);
    } catch (error) {
        check('it is drawn', false, String(error));
    }
    const result = document.createElement('pre');
    result.hidden = true;
    result.textContent = `\n${lines.join('\n')}\n`;
    document.body.append(result);
}

draw();
