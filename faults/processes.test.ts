/** What dies and comes back. */
import { testQuickly } from './quickly.ts';

testQuickly(1, 6, process.env['CI']);
