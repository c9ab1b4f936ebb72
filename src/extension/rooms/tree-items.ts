import * as vscode from 'vscode';
import { assertNever } from '../../common/assert-never.ts';
import type { SenderKind } from '../../model/entities.ts';
import { innerCommandIds, treeContexts, uriSchemes } from '../ids.ts';
import { plainText } from '../plain-text.ts';
import type { RoomNode, SectionName, SectionNode, SessionNode, TreeNode } from './tree-nodes.ts';

const { t } = vscode.l10n;

/** How a node looks and what can be done with it. */
export function treeItem(node: TreeNode): vscode.TreeItem {
  switch (node.type) {
    case 'section':
      return sectionItem(node);
    case 'room':
      return roomItem(node);
    case 'session':
      return sessionItem(node);
    default:
      return assertNever(node);
  }
}

/** Address of a room's item; decorations are asked for by it. */
export function roomUri(roomId: string): vscode.Uri {
  return vscode.Uri.from({ scheme: uriSchemes.room, path: `/${roomId}` });
}

function sectionItem({ id, section }: SectionNode): vscode.TreeItem {
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(sectionLabel(section), section === 'archived' ? Collapsed : Expanded);
  item.id = id;
  item.contextValue = treeContexts.section;
  return item;
}

function sectionLabel(section: SectionName): string {
  switch (section) {
    case 'direct':
      return t('Direct Messages');
    case 'here':
      return t('Here Now');
    case 'archived':
      return t('Archived');
    default:
      return assertNever(section);
  }
}

function roomItem({ id, room, label, isHere }: RoomNode): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.id = id;
  item.resourceUri = roomUri(room.id);
  item.iconPath = new vscode.ThemeIcon(
    room.kind === 'room' ? 'comment-discussion' : isHere ? 'circle-filled' : 'circle-outline',
    room.kind === 'direct' && isHere ? new vscode.ThemeColor('testing.iconPassed') : undefined,
  );
  item.contextValue =
    room.kind === 'direct'
      ? treeContexts.direct
      : room.archived
        ? treeContexts.archivedRoom
        : treeContexts.room;
  const topic = plainText(room.topic);
  if (topic !== '') item.description = topic;
  item.tooltip = [room.kind === 'room' ? `#${label}` : `@${label}`, topic, unreadWords(room.unread)]
    .filter((line) => line !== '')
    .join('\n');
  item.command = { command: innerCommandIds.openSelectedRoom, title: t('Open') };
  const kind = room.kind === 'direct' ? t('direct message') : room.archived ? t('archived room') : t('room');
  const presence = room.kind === 'direct' && isHere ? t('here now') : '';
  item.accessibilityInformation = {
    label: [label, kind, presence, unreadWords(room.unread), topic].filter((part) => part !== '').join(', '),
  };
  return item;
}

/** `3 unread messages`; empty for none. */
export function unreadWords(count: number): string {
  if (count <= 0) return '';
  return count === 1 ? t('1 unread message') : t('{0} unread messages', count);
}

function sessionItem({ id, session, profile, isThisWindow, isMe }: SessionNode): vscode.TreeItem {
  const name = plainText(profile?.name ?? '?');
  const folder = plainText(session.folder, 60);
  const isWindow = session.surface === 'window';
  const label = isWindow ? folder || t('Empty window') : name;
  const facts = isWindow ? [name] : [kindWord(session.kind), folder];
  if (isThisWindow) facts.push(t('this window'));
  const description = facts.filter((fact) => fact !== '').join(' · ');
  const item = new vscode.TreeItem(label);
  item.id = id;
  item.description = description;
  item.iconPath = new vscode.ThemeIcon(sessionIcon(session.kind, isWindow));
  item.contextValue = isMe ? treeContexts.self : treeContexts.person;
  const since = new Intl.DateTimeFormat(vscode.env.language, { timeStyle: 'short' }).format(
    new Date(session.since),
  );
  item.tooltip = [`${name} · ${plainText(session.product)}`, folder, t('Here since {0}', since)]
    .filter((line) => line !== '')
    .join('\n');
  item.accessibilityInformation = { label: `${label}, ${facts.filter((fact) => fact !== '').join(', ')}` };
  return item;
}

function sessionIcon(kind: SenderKind, isWindow: boolean): string {
  switch (kind) {
    case 'agent':
      return 'hubot';
    case 'person':
      return isWindow ? 'window' : 'terminal';
    case 'script':
    case 'system':
      return 'terminal';
    default:
      return assertNever(kind);
  }
}

export function kindWord(kind: SenderKind): string {
  switch (kind) {
    case 'person':
      return t('terminal');
    case 'script':
      return t('script');
    case 'agent':
      return t('agent');
    case 'system':
      return t('system');
    default:
      return assertNever(kind);
  }
}
