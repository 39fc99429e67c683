-- What is left of the awards of a day once it counts what a firm has had: written from the clauses, the
-- list of groups, and each policy's words ``times`` and ``not_with``; budgets are not looked at.
--
-- awards(firm, policy, stage, fen): what the policies give today, gross
-- had(firm, policy, stage, paid_on, fen): what was given before today
-- policies(policy, times, bundle, cap): bundle is the group, or the policy itself where it has none; cap is
--     that over all stages ("合计不超过"), null where there is none
-- apart(policy, other): nothing of policy for a firm that has other in the same calendar year
-- groups(bundle, rule, cap), today(day)
--
-- One row a firm and bundle: how a joint cap is shared out within a group the clauses don't say.
WITH new AS (
    -- once: each stage once for ever (只奖一次, 各奖一次); yearly: once in a calendar year (一年一次, 每户每年)
    SELECT a.firm, a.policy, a.stage, a.fen
    FROM awards a JOIN policies p USING (policy), today
    WHERE NOT EXISTS (
        SELECT 1 FROM had h
        WHERE h.firm = a.firm AND h.policy = a.policy AND h.stage = a.stage AND h.fen > 0
          AND (p.times = 'once' OR (p.times = 'yearly' AND year(h.paid_on) = year(day)))
    )
),
capped AS (
    -- all stages together, those of earlier days included
    SELECT n.firm, n.policy, p.bundle,
           CASE WHEN p.cap IS NULL THEN sum(n.fen)
                ELSE LEAST(sum(n.fen), GREATEST(0, p.cap - coalesce((
                    SELECT sum(h.fen) FROM had h WHERE h.firm = n.firm AND h.policy = n.policy), 0)))
           END AS fen
    FROM new n JOIN policies p USING (policy)
    GROUP BY n.firm, n.policy, p.bundle, p.cap
),
allowed AS (
    -- 同年已得…的不得本项: had earlier in the year
    SELECT c.*
    FROM capped c, today
    WHERE c.fen > 0
      AND NOT EXISTS (
        SELECT 1 FROM apart x JOIN had h ON h.policy = x.other
        WHERE x.policy = c.policy AND h.firm = c.firm AND h.fen > 0 AND year(h.paid_on) = year(day)
      )
),
items AS (
    -- 同年…的一项: an item is a policy with all its stages of the year, those of earlier days too
    SELECT firm, bundle, policy, sum(fen) AS due, sum(before) AS before
    FROM (
        SELECT firm, bundle, policy, fen, 0 AS before FROM allowed
        UNION ALL
        SELECT h.firm, p.bundle, h.policy, 0, h.fen
        FROM had h JOIN policies p USING (policy), today WHERE year(h.paid_on) = year(day)
    )
    GROUP BY firm, bundle, policy
),
bundles AS (
    SELECT firm, bundle, sum(due) AS total, sum(before) AS before,
           -- 就高: one item only; who has had one this year keeps to it
           max(CASE WHEN before = before_all THEN due END) AS best,
           max(due + before) AS best_item
    FROM (SELECT *, sum(before) OVER (PARTITION BY firm, bundle) AS before_all FROM items)
    GROUP BY firm, bundle
)
SELECT firm, bundle, fen::BIGINT AS fen
FROM (
    SELECT firm, bundle,
           CASE g.rule
               WHEN 'highest' THEN coalesce(best, 0)
               WHEN 'top-up' THEN LEAST(total, GREATEST(0, best_item - before))
               WHEN 'cap' THEN LEAST(total, GREATEST(0, g.cap - before))
               ELSE total
           END AS fen
    FROM bundles LEFT JOIN groups g USING (bundle)
)
WHERE fen > 0
