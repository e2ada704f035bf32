// Markdown of runbooks and post-mortems as elements. Made with the DOM only: whatever the text says stays text.

const make = (name, ...children) => {
  const element = document.createElement(name);
  element.append(...children);
  return element;
};

/** Bold, emphasis, code and links within a line. Links lead to the web, to places of the console, or are text. */
function inline(text) {
  const pieces = [];
  const pattern = /`([^`]+)`|\*\*([^*]+)\*\*|(?<![\w\\])[_*]([^_*\s][^_*]*)[_*](?!\w)|\[([^\]]+)\]\(([^)\s]+)\)|\\([\\`*_{}[\]()#+\-.!|<>])/g;
  let last = 0;
  for (const match of text.matchAll(pattern)) {
    pieces.push(text.slice(last, match.index));
    last = match.index + match[0].length;
    if (match[1]) pieces.push(make('code', match[1]));
    else if (match[2]) pieces.push(make('strong', ...inline(match[2])));
    else if (match[3]) pieces.push(make('em', match[3]));
    else if (match[4]) pieces.push(anchor(match[4], match[5]));
    else pieces.push(match[6]);
  }
  pieces.push(text.slice(last));
  return pieces.filter(piece => piece !== '');
}

function anchor(text, target) {
  const runbook = /^(?:\.\/)?([A-Za-z0-9_-]+)\.md$/.exec(target);
  if (!/^https?:\/\//.test(target) && !target.startsWith('#/') && !runbook) return make('span', text);
  const link = make('a', ...inline(text));
  link.href = runbook ? '#/runbook/' + runbook[1] : target;
  if (/^http/.test(target)) {
    link.rel = 'noopener noreferrer';
    link.target = '_blank';
  }
  return link;
}

const cells = line => line.trim().replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map(cell => cell.trim().replaceAll('\\|', '|'));

export function markdown(text) {
  const root = make('div');
  root.className = 'prose';
  const lines = text.replaceAll('\r', '').split('\n');
  let at = 0;
  const until = stop => {
    const taken = [];
    while (at < lines.length && !stop(lines[at])) taken.push(lines[at++]);
    return taken;
  };
  const list = indent => {
    const ordered = /^\s*\d+[.)]/.test(lines[at]);
    const element = make(ordered ? 'ol' : 'ul');
    while (at < lines.length) {
      const match = /^(\s*)(?:[-*+]|\d+[.)])\s+(.*)$/.exec(lines[at]);
      if (!match || match[1].length < indent) break;
      if (match[1].length > indent + 1) {
        (element.lastElementChild ?? element).append(list(match[1].length));
        continue;
      }
      at++;
      const rest = until(line => !line.trim() || /^\s*(?:[-*+]|\d+[.)])\s/.test(line) || /^\S/.test(line));
      const task = /^\[([ x])\]\s*/i.exec(match[2]);
      element.append(make('li', ...(task ? [task[1] === ' ' ? '☐ ' : '☑ '] : []), ...inline([task ? match[2].slice(task[0].length) : match[2], ...rest.map(line => line.trim())].join(' '))));
      while (at < lines.length - 1 && !lines[at].trim() && /^\s*(?:[-*+]|\d+[.)])\s/.test(lines[at + 1])) at++;
    }
    return element;
  };
  while (at < lines.length) {
    const line = lines[at];
    if (!line.trim()) at++;
    else if (line.startsWith('```')) {
      at++;
      root.append(make('pre', make('code', until(next => next.startsWith('```')).join('\n'))));
      root.lastElementChild.className = 'code';
      at++;
    } else if (/^#{1,6}\s/.test(line)) {
      const level = Math.min(4, line.match(/^#+/)[0].length + 1);
      root.append(make('h' + level, ...inline(line.replace(/^#+\s*/, ''))));
      at++;
    } else if (line.includes('|') && /^\s*\|?[\s:|-]+$/.test(lines[at + 1] ?? '') && (lines[at + 1] ?? '').includes('-')) {
      const head = make('tr', ...cells(line).map(cell => make('th', ...inline(cell))));
      at += 2;
      const rows = until(next => !next.includes('|')).map(row => make('tr', ...cells(row).map(cell => make('td', ...inline(cell)))));
      root.append(make('table', make('thead', head), make('tbody', ...rows)));
    } else if (/^\s*(?:[-*+]|\d+[.)])\s/.test(line)) root.append(list(/^\s*/.exec(line)[0].length));
    else if (/^(?:---+|\*\*\*+)\s*$/.test(line)) {
      root.append(make('hr'));
      at++;
    } else root.append(make('p', ...inline([lines[at++], ...until(next => !next.trim() || /^(?:#{1,6}\s|```|\s*[-*+]\s|\s*\d+[.)]\s|\|)/.test(next))].map(part => part.trim()).join(' '))));
  }
  return root;
}
