"use strict";
// Places rows in columns: order by neighbours, then level with them, as the still drawing does.
const GAP = 80, PAD = 7, LABEL = 16, LINE = 14, HEADER = 26, ROW_GAP = 4, BLOCK_GAP = 12, INSET = 6;

const leftOf = (graph, column) => 28 + graph.widths.slice(0, column).reduce((a, b) => a + b, 0) + GAP * column;
const linesOf = (graph, row) => row.lines.slice(0, graph.lines[row.column]);

// Gives every row its x, y, width and height; returns the frames, for each column the heights at
// which a link can cross it, and the size of the whole.
function arrange(graph, shown, links) {
  const columnOf = new Map(shown.map((row) => [row.id, row.column]));
  const heightOf = (row) => 2 * PAD + LABEL + LINE * linesOf(graph, row).length;

  function placed() {
    const near = new Map(shown.map((row) => [row.id, []]));
    for (const { source, target, tone } of links) {
      if (tone === "confers" || columnOf.get(source) === columnOf.get(target)) continue;
      near.get(source).push(target);
      near.get(target).push(source);
    }
    const columns = graph.columns.map((_, column) => blocksOf(column));
    const middle = new Map();
    columns.forEach((blocks) => stack(blocks, middle));
    const forth = columns.map((_, n) => n), back = [...forth].reverse();
    for (let sweep = 0; sweep < 6; sweep++) {
      for (const c of sweep % 2 ? back : forth) { order(columns[c], near, middle); stack(columns[c], middle); }
    }
    for (let sweep = 0; sweep < 6; sweep++) {
      for (const c of sweep % 2 ? forth : back) level(columns[c], near, middle);
    }
    return settle(columns);
  }

  function blocksOf(column) {
    const frames = new Map(), blocks = [];
    for (const row of shown) {
      if (row.column !== column) continue;
      if (!row.frame) { blocks.push({ frame: "", rows: [row] }); continue; }
      if (!frames.has(row.frame)) {
        frames.set(row.frame, { frame: row.frame, rows: [] });
        blocks.push(frames.get(row.frame));
      }
      frames.get(row.frame).rows.push(row);
    }
    return blocks;
  }

  function tall(block) {
    const rows = block.rows.reduce((sum, row) => sum + heightOf(row) + ROW_GAP, -ROW_GAP);
    return block.frame ? rows + HEADER + INSET : rows;
  }

  function note(block, middle) {
    let y = block.y + (block.frame ? HEADER : 0);
    for (const row of block.rows) {
      middle.set(row.id, y + heightOf(row) / 2);
      y += heightOf(row) + ROW_GAP;
    }
  }

  function stack(blocks, middle) {
    let y = -blocks.reduce((sum, block) => sum + tall(block) + BLOCK_GAP, -BLOCK_GAP) / 2;
    for (const block of blocks) { block.y = y; note(block, middle); y += tall(block) + BLOCK_GAP; }
  }

  function pull(row, near, middle) {
    const others = near.get(row.id);
    return others.length ? others.reduce((sum, o) => sum + middle.get(o), 0) / others.length : middle.get(row.id);
  }

  function order(blocks, near, middle) {
    for (const block of blocks) {
      const pulls = new Map(block.rows.map((row) => [row.id, pull(row, near, middle)]));
      block.rows.sort((a, b) => (a.tone === "resource") - (b.tone === "resource") || pulls.get(a.id) - pulls.get(b.id));
      const linked = block.rows.filter((row) => near.get(row.id).length);
      block.want = linked.length ? linked.reduce((s, row) => s + pulls.get(row.id), 0) / linked.length : 1e9;
    }
    blocks.sort((a, b) => a.want - b.want);
  }

  function level(blocks, near, middle) {
    const pools = [];
    let offset = 0;
    for (const block of blocks) {
      const pulls = block.rows.map((row) => pull(row, near, middle) - middle.get(row.id));
      let total = block.y + pulls.reduce((a, b) => a + b, 0) / pulls.length - offset, blocksIn = [[block, offset]];
      let number = 1;
      while (pools.length && pools[pools.length - 1].total / pools[pools.length - 1].number >= total / number) {
        const before = pools.pop();
        total += before.total; number += before.number; blocksIn = before.blocksIn.concat(blocksIn);
      }
      pools.push({ total, number, blocksIn });
      offset += tall(block) + BLOCK_GAP;
    }
    for (const { total, number, blocksIn } of pools) {
      for (const [block, below] of blocksIn) { block.y = total / number + below; note(block, middle); }
    }
  }

  function settle(columns) {
    const all = columns.flat(), top = Math.min(...all.map((block) => block.y), 1e9);
    const frames = [];
    let bottom = 0;
    columns.forEach((blocks, column) => {
      for (const block of blocks) {
        block.y = Math.round(block.y - top + 56);
        const inset = block.frame ? INSET : 0;
        let y = block.y + (block.frame ? HEADER : 0);
        for (const row of block.rows) {
          Object.assign(row, { x: leftOf(graph, column) + inset, y, width: graph.widths[column] - 2 * inset, height: heightOf(row) });
          y += row.height + ROW_GAP;
        }
        if (block.frame) frames.push({ name: block.frame, x: leftOf(graph, column), y: block.y, width: graph.widths[column], height: tall(block), rows: block.rows });
        bottom = Math.max(bottom, block.y + tall(block));
      }
    });
    const size = [leftOf(graph, graph.columns.length - 1) + graph.widths[graph.columns.length - 1] + 28, bottom + 28];
    const gaps = columns.map((blocks) => {
      const found = [];
      let low = null;
      for (const block of blocks) {
        found.push(low === null ? block.y - BLOCK_GAP / 2 : (low + block.y) / 2);
        low = block.y + tall(block);
      }
      if (low !== null) found.push(low + BLOCK_GAP / 2);
      return found;
    });
    return { frames, gaps, size };
  }

  return placed();
}
