import { AdminOverviewDocument, AdminStatisticsDocument } from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import { readRange, sinceOf } from './dashboard/ranges.ts';
import type { PageLoad } from './$types';

const FRESH = { requestPolicy: 'network-only' } as const;

/** The plots and the rest are two questions: the one may be slow, or fail, without the other. */
export const load: PageLoad = async ({ parent, url, depends }) => {
  depends('parley:admin');
  const { api } = await parent();
  const range = readRange(url.searchParams);
  const [overview, statistics] = await Promise.all([
    api.client.query(AdminOverviewDocument, {}, FRESH),
    api.client.query(
      AdminStatisticsDocument,
      { since: sinceOf(range), interval: range.interval },
      FRESH,
    ),
  ]);
  return {
    range,
    overview: overview.data ?? null,
    points: statistics.data?.administration.statistics.points ?? null,
    refusal: overview.error ? refusalOf(overview.error) : null,
    plotRefusal: statistics.error ? refusalOf(statistics.error) : null,
  };
};
