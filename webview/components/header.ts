import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Formats } from '../format.ts';
import { icon } from '../icons.ts';
import type { PageView } from '../state/page-view.ts';
import type { RoomPage } from '../state/room-page.ts';
import { t } from '../strings.ts';
import { controls } from '../styles/controls.ts';
import { headerStyles } from '../styles/header.ts';
import type { MenuItem } from './menu.ts';
import './menu.ts';

/** The room's name and topic, who is here, and what else can be done with the room. */
@customElement('lc-header')
export class Header extends LitElement {
  static override styles = [controls, headerStyles];

  @property({ attribute: false }) accessor page: RoomPage | null = null;
  @property({ attribute: false }) accessor view: PageView | null = null;
  @property({ attribute: false }) accessor formats: Formats | null = null;

  protected override render(): TemplateResult {
    const { view } = this;
    if (view === null) return html`<header></header>`;
    const topic = view.room.topic.split('\n', 1)[0] ?? '';
    const people = t('header.peopleLabel', { count: view.here });
    return html`<header>
      <h1 class="cut">${this.#name(view)}</h1>
      ${topic === '' ? nothing : html`<span class="topic cut" title=${view.room.topic} dir="auto">${topic}</span>`}
      <span class="grow"></span>
      <button
        class="icon-button people"
        type="button"
        aria-label=${people}
        title=${people}
        @click=${() => this.page?.run('whoIsHere')}
      >
        ${icon('account')}<span class="count">${this.formats?.number(view.here) ?? view.here}</span>
      </button>
      <lc-menu .items=${this.#items(view)} .label=${t('header.more')}></lc-menu>
    </header>`;
  }

  /** The view has no tab that says which room it shows, and no other way to another one: there the name is a button. */
  #name(view: PageView): TemplateResult {
    const sign = view.room.kind === 'direct' ? '@' : '#';
    const name = html`<span class="sign">${sign}</span
      ><bdi class="cut">${view.label.replace(/^[@#]/, '')}</bdi>`;
    if (view.place === 'panel') return html`<span class="name cut">${name}</span>`;
    return html`<button
      class="name switch cut"
      type="button"
      title=${t('header.openRoom')}
      @click=${() => this.page?.run('openRoom')}
    >
      ${name}${icon('chevron-down')}
    </button>`;
  }

  #items(view: PageView): readonly MenuItem[] {
    const run = (command: Parameters<RoomPage['run']>[0]) => () => this.page?.run(command);
    const inPanel = view.place === 'panel';
    return [
      { label: t('menu.openRoom'), run: run('openRoom') },
      ...(view.room.kind === 'room' ? [{ label: t('menu.setTopic'), run: run('setTopic') }] : []),
      { label: t('menu.whoIsHere'), run: run('whoIsHere') },
      {
        label: t(inPanel ? 'menu.openInSideBar' : 'menu.openInEditor'),
        run: run(inPanel ? 'openInSideBar' : 'openInEditor'),
        group: true,
      },
      { label: t('menu.showLog'), run: run('showLog') },
    ];
  }
}
