import type { Message } from '../../src/model/entities.ts';
import { countsAsUnread } from '../../src/model/unread.ts';
import { spokenText } from '../markdown/spoken.ts';
import type { PageView } from '../state/page-view.ts';
import { t } from '../strings.ts';

/** Messages are gathered for this long, so that a burst of them is one sentence. Milliseconds. */
const GATHER = 1_000;
/** Characters of a message that are spoken. */
const LENGTH = 200;

/** What came, for those who cannot see it: the text of one message, the count of several. Loading history says nothing. */
export class Arrivals {
  readonly #view: () => PageView | null;
  readonly #say: (sentence: string) => void;
  #gathered: readonly Message[] = [];

  constructor(view: () => PageView | null, say: (sentence: string) => void) {
    this.#view = view;
    this.#say = say;
  }

  take(messages: readonly Message[]): void {
    const me = this.#view()?.me ?? '';
    const news = messages.filter((message) => countsAsUnread(message, me));
    if (news.length === 0) return;
    if (this.#gathered.length === 0) setTimeout(() => this.#tell(), GATHER);
    this.#gathered = [...this.#gathered, ...news];
  }

  #tell(): void {
    const view = this.#view();
    const here = this.#gathered.filter((message) => message.roomId === view?.room.id);
    this.#gathered = [];
    const [one, ...more] = here;
    if (one === undefined || view === null) return;
    const name = view.profiles.get(one.senderId)?.name ?? t('message.unknownSender');
    this.#say(
      more.length === 0
        ? t('announce.message', { name, text: spokenText(one.content, LENGTH) })
        : t('announce.many', { count: here.length, label: view.label }),
    );
  }
}
