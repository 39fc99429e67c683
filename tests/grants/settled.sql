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
-- One row a firm and policy. Of two that are equal, the first by name.
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
this_year AS (
    SELECT h.firm, h.policy, p.bundle, sum(h.fen) AS fen
    FROM had h JOIN policies p USING (policy), today
    WHERE year(h.paid_on) = year(day) AND h.fen > 0
    GROUP BY h.firm, h.policy, p.bundle
),
allowed AS (
    -- 已得…的不得本项: had earlier in the year
    SELECT c.firm, c.policy, c.bundle, c.fen,
           coalesce((SELECT sum(t.fen) FROM this_year t
                     WHERE t.firm = c.firm AND t.bundle = c.bundle), 0) AS before,
           coalesce((SELECT t.fen FROM this_year t
                     WHERE t.firm = c.firm AND t.policy = c.policy), 0) AS own
    FROM capped c
    WHERE c.fen > 0
      AND NOT EXISTS (
        SELECT 1 FROM apart x JOIN this_year t ON t.policy = x.other
        WHERE x.policy = c.policy AND t.firm = c.firm
      )
),
first_shares AS (
    -- 就高: a policy with all its stages of the year is one; only what lies above all that was had
    -- 合计: the larger first
    SELECT a.firm, a.policy,
           CASE g.rule
               WHEN 'highest' THEN CASE WHEN 1 = row_number() OVER (
                       PARTITION BY a.firm, a.bundle ORDER BY a.fen + a.own DESC, a.policy)
                   THEN GREATEST(0, a.fen + a.own - a.before) ELSE 0 END
               WHEN 'cap' THEN LEAST(a.fen, GREATEST(0, g.cap - a.before - coalesce(sum(a.fen) OVER (
                       PARTITION BY a.firm, a.bundle ORDER BY a.fen DESC, a.policy
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)))
               ELSE a.fen
           END AS fen
    FROM allowed a LEFT JOIN groups g USING (bundle)
),
rivals AS (
    -- 同日都应付的，只付金额较大的一项: whichever of the two says so; who comes to nothing is no rival
    SELECT weak.firm, weak.policy, strong.policy AS by
    FROM first_shares weak JOIN first_shares strong USING (firm)
    WHERE weak.fen > 0 AND strong.fen > 0
      AND EXISTS (SELECT 1 FROM apart x WHERE (x.policy, x.other) IN (
            (weak.policy, strong.policy), (strong.policy, weak.policy)))
      AND (strong.fen > weak.fen OR (strong.fen = weak.fen AND strong.policy < weak.policy))
),
-- Three in a row at most (foreign trade, conventions, culture): who is beaten by one that is beaten stays.
yielding AS (SELECT firm, policy FROM rivals r WHERE NOT EXISTS (
    SELECT 1 FROM rivals s WHERE s.firm = r.firm AND s.policy = r.by)
),
staying AS (
    SELECT a.* FROM allowed a WHERE NOT EXISTS (
        SELECT 1 FROM yielding u WHERE u.firm = a.firm AND u.policy = a.policy)
)
-- and what they leave is shared out among the others of their groups
SELECT firm, policy, fen::BIGINT AS fen
FROM (
    SELECT a.firm, a.policy,
           CASE g.rule
               WHEN 'highest' THEN CASE WHEN 1 = row_number() OVER (
                       PARTITION BY a.firm, a.bundle ORDER BY a.fen + a.own DESC, a.policy)
                   THEN GREATEST(0, a.fen + a.own - a.before) ELSE 0 END
               WHEN 'cap' THEN LEAST(a.fen, GREATEST(0, g.cap - a.before - coalesce(sum(a.fen) OVER (
                       PARTITION BY a.firm, a.bundle ORDER BY a.fen DESC, a.policy
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)))
               ELSE a.fen
           END AS fen
    FROM staying a LEFT JOIN groups g USING (bundle)
)
WHERE fen > 0
