import type { ChatPage } from './components/chat-page.ts';
import './components/chat-page.ts';
import { HostLink } from './host.ts';
import { pageStorage } from './state/handover.ts';
import { RoomPage } from './state/room-page.ts';
import { registerToolkit } from './toolkit.ts';

// The composition root of the page: the wire, what is known, what is shown.
registerToolkit();
const room = new RoomPage(new HostLink(), pageStorage());
document.querySelector<ChatPage>('lc-page')?.show(room);
room.start();
