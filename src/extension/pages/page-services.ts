import type { Event } from '../../common/emitter.ts';
import type { PageRequests, PageSettings } from '../../protocol/page.ts';
import type { ParsedParamsOf } from '../../protocol/rpc.ts';
import type { LinkTarget } from '../links/message-link.ts';

export type PageCommand = ParsedParamsOf<PageRequests, 'runCommand'>['command'];

/** What a page can have done by the editor. A failure of one that returns a promise has been told to the person. */
export interface PageServices {
  readonly settings: PageSettings;
  readonly onDidChangeSettings: Event<void>;
  copyText(text: string): Promise<void>;
  copyLink(target: LinkTarget): Promise<void>;
  openLink(href: string): Promise<void>;
  /** Settles when the command has, which may wait for the person. */
  runCommand(command: PageCommand, roomId: string): Thenable<unknown>;
}
