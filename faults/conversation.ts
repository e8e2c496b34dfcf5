/**
 * Five people of different roles do whatever people do, at random, over two processes, while their
 * sockets are cut. At the end the screens of each show what a fresh load shows, and what is unread is
 * what is found by counting otherwise.
 */
import { startDatabase } from '../api/test/database.ts';
import { createDataFolder } from '../api/test/process.ts';
import { Acts } from './acts.ts';
import { type Desk, openDesk } from './desk.ts';
import type { Fault } from './fault.ts';
import { recount } from './recount.ts';
import { furnish, join, openRoom, register } from './room.ts';
import { startServers } from './servers.ts';

const SIZES = { quick: { operations: 300, cuts: 60 }, full: { operations: 2_000, cuts: 400 } };
/** How many operations are under way at a time. */
const AT_ONCE = 4;

export const conversation: Fault = {
  number: 16,
  name: 'people do what they do, and sockets are cut',
  async run({ scale, random }) {
    const { operations, cuts } = SIZES[scale];
    await using database = await startDatabase();
    await using data = await createDataFolder();
    await using servers = await startServers({
      count: 2,
      settings: { DATABASE_URL: database.url, DATA_DIR: data.path },
    });
    const url = servers.urls[0]!;
    const administrator = await register(url, 'administrator');
    const { roomId, members } = await furnish(url, 3);
    const visitor = await register(url, 'visitor');
    const everybody = [administrator, visitor, ...members];
    for (const { token } of [administrator, visitor]) await join(url, token, roomId);
    const shedId = await openRoom(url, everybody, 'shed');
    const acts = new Acts(servers.next, { roomIds: [roomId, shedId], visitor }, random);

    await using opened = new AsyncDisposableStack();
    const desks: Desk[] = [];
    for (const who of everybody) desks.push(opened.use(await openDesk(who, servers, roomId)));
    const screens = desks.flatMap((desk) => desk.screens);
    const moments = random.moments(cuts, operations);
    let done = 0;
    const work = async () => {
      while (done < operations) {
        done++;
        while (moments[0]! < done) {
          moments.shift();
          screens[random.below(screens.length)]!.cut();
        }
        await acts.any(everybody[random.below(everybody.length)]!);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await acts.join(visitor);

    const counts = await recount(database);
    const found = desks.map((desk) => desk.compare(counts.get(desk.who.name) ?? []));
    const violations = [...acts.unexpected, ...(await Promise.all(found)).flat()];
    const cut = screens.reduce((sum, screen) => sum + screen.cuts, 0);
    return {
      figures:
        `${acts.succeeded.toLocaleString('en')} operations by ${everybody.length} people and ` +
        `${acts.refused} that came too late, ${cut} cuts, ` +
        `${Math.max(...desks.map(({ size }) => size))} messages, ` +
        `${screens.length} screens compared; ${counts.get('member-0')?.join(', ')} of one of them`,
      violations,
    };
  },
};
