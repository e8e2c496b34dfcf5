/** A room and its members, made as a client makes them. */
import { run } from '../api/test/client.ts';

export interface Member {
  /** Such as `member-3`. */
  name: string;
  token: string;
}

export interface Furnished {
  roomId: string;
  /** The first owns the room. */
  members: Member[];
}

export async function furnish(url: string, count: number): Promise<Furnished> {
  const members: Member[] = [];
  for (let index = 0; index < count; index++) members.push(await register(url, `member-${index}`));
  const roomId = await openRoom(url, members, 'garden');
  return { roomId, members };
}

export async function register(url: string, name: string): Promise<Member> {
  const input = { username: name, password: 'correct horse', session: 'TOKEN' };
  const { register } = await run(
    url,
    'mutation ($input: RegisterInput!) { register(input: $input) { token } }',
    { input },
  );
  return { name, token: register.token };
}

/** The first owns it. */
export async function openRoom(
  url: string,
  [owner, ...others]: Member[],
  slug: string,
): Promise<string> {
  const { createRoom } = await run(
    url,
    'mutation ($slug: String!) { createRoom(input: { slug: $slug }) { room { id } } }',
    { slug },
    owner!.token,
  );
  const roomId: string = createRoom.room.id;
  for (const { token } of others) await join(url, token, roomId);
  return roomId;
}

export async function join(url: string, token: string, roomId: string): Promise<void> {
  await run(
    url,
    'mutation ($roomId: ID!) { joinRoom(input: { roomId: $roomId }) { room { id } } }',
    { roomId },
    token,
  );
}

export async function leave(url: string, token: string, roomId: string): Promise<void> {
  await run(
    url,
    'mutation ($roomId: ID!) { leaveRoom(input: { roomId: $roomId }) { room { id } } }',
    { roomId },
    token,
  );
}
