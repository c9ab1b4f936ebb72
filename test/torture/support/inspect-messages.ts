/** What a page looks like with hostile messages in it. */
export interface Findings {
  /** What must not be, in words. */
  readonly bad: readonly string[];
  readonly messages: number;
  readonly elements: number;
  readonly links: number;
}

/**
 * Runs in the page, over all messages it shows: only elements and attributes that messages may have, only links that may be
 * opened, nothing that leaves its message. Then touches everything as a person would, and clicks each link.
 */
export function inspectMessages(): Findings {
  const list = document.querySelector('lc-page')?.shadowRoot?.querySelector('lc-message-list')?.shadowRoot;
  const content = list?.querySelector('.content');
  if (content == null) throw new Error('The page shows no room.');
  const elements =
    /^(a|blockquote|br|button|code|div|em|h[1-6]|hr|li|ol|p|pre|s|span|strong|table|tbody|td|th|thead|tr|ul|lc-code-block)$/;
  const attributes =
    /^(href|title|dir|class|start|tabindex|rel|data-language|type|aria-(label|hidden|expanded))$/;
  const classes =
    /^(align-(right|center)|task|plain|table|card|card-head|card-foot|codicon(-[a-z-]+)?|cut|quiet|fact|grow|icon|icon-button|folded|hljs-.*|language-[a-z]+|[a-z]+_)$/;
  const bad: string[] = [];
  const complain = (what: string, element: Element): void => {
    bad.push(`${what}: ${element.outerHTML.slice(0, 300)}`);
  };

  for (const child of content.children) {
    if (child.localName !== 'lc-message' && !child.matches('.line, .edge, lc-empty-room'))
      complain('not in a message', child);
  }
  const messages = [...content.querySelectorAll('lc-message')];
  let links = 0;
  let count = 0;
  for (const message of messages) {
    const text = message.querySelector('.text');
    if (text === null) {
      complain('a message without text', message);
      continue;
    }
    const frame = message.getBoundingClientRect();
    for (const part of text.children) {
      const { left, right, top, bottom } = part.getBoundingClientRect();
      if (
        left < frame.left - 1 ||
        right > frame.right + 1 ||
        top < frame.top - 1 ||
        bottom > frame.bottom + 1
      )
        complain('outside of its message', part);
    }
    for (const element of text.querySelectorAll('*')) {
      count += 1;
      if (!elements.test(element.localName)) {
        complain('an element that no message has', element);
        continue;
      }
      for (const { name, value } of element.attributes) {
        if (!attributes.test(name)) complain(`an attribute that no message has, ${name}`, element);
        if (name === 'class' && value.split(/\s+/).some((word) => word !== '' && !classes.test(word)))
          complain('a class of something else', element);
      }
      if (['fixed', 'sticky'].includes(getComputedStyle(element).position))
        complain('stays in place', element);
      if (element instanceof HTMLAnchorElement) {
        if (!element.hasAttribute('href')) continue;
        links += 1;
        if (!['http:', 'https:', 'mailto:'].includes(element.protocol)) complain('a forbidden link', element);
      }
    }
  }
  for (const element of content.querySelectorAll('.text *')) {
    for (const type of ['mouseover', 'pointerenter', 'focus', 'toggle', 'wheel', 'copy', 'load', 'error'])
      element.dispatchEvent(new Event(type, { bubbles: true, cancelable: true }));
    if (element instanceof HTMLAnchorElement) element.click();
  }
  return { bad, messages: messages.length, elements: count, links };
}

/** Runs in the page before its scripts: whatever is run reports itself, by `boom` or by what else such text calls. */
export function reportExecution(): void {
  const traps = ['boom', 'alert', 'confirm', 'prompt', 'print', 'open', 'xss'];
  for (const name of traps) {
    Object.defineProperty(window, name, {
      configurable: false,
      value: (...words: unknown[]) => void window.reportViolation(`executed: ${name}(${words.join(', ')})`),
    });
  }
}
