/** What goes wrong while all live. */
import { FAULTS } from './index.ts';
import { testQuickly } from './quickly.ts';

testQuickly(7, FAULTS.length, process.env['CI']);
