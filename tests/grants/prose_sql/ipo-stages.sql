-- ipo-stages 企业上市奖补（分阶段）: what the clauses were understood to say
-- 一 district 320114; active company.
-- 二 stage 股改: converted into a stock company, registered from 2022-01-01: 50 wan.
-- 三 stage 辅导: mainland venue and tutoring passed: 50 wan; stage 受理: application accepted, anywhere: 100 wan.
-- 四 stage 发行: issued, mainland 300, overseas 200 wan, with no venue nothing; another 50 when invested here >= 70 % of the net
--    proceeds (proceeds not above zero, or either unknown: the stage is unknown).
-- 五 all stages at most 500 wan, the later ones are cut. An earlier stage that is
--    unknown takes nothing of it yet.
-- 六 no dishonest debtor, no bankruptcy accepted.
WITH fit AS (
    SELECT firm, 500 * wan AS cap,
           CASE WHEN reformed AND reformed_on >= DATE '2022-01-01' THEN 50 * wan
                WHEN NOT (reformed AND reformed_on >= DATE '2022-01-01') THEN 0 END AS a,
           CASE WHEN ipo_venue = 'mainland' AND tutoring_passed THEN 50 * wan
                WHEN NOT (ipo_venue = 'mainland' AND tutoring_passed) THEN 0 END AS b,
           CASE WHEN ipo_accepted THEN 100 * wan WHEN NOT ipo_accepted THEN 0 END AS c,
           CASE WHEN NOT ipo_issued OR ipo_venue = 'none' THEN 0
                WHEN ipo_issued THEN
                    CASE ipo_venue WHEN 'mainland' THEN 300 * wan WHEN 'overseas' THEN 200 * wan END
                    + CASE WHEN ipo_raised <= 0 THEN NULL
                           WHEN ipo_invested_here::HUGEINT * 100 >= 70 * ipo_raised::HUGEINT THEN 50 * wan
                           WHEN ipo_invested_here::HUGEINT * 100 < 70 * ipo_raised::HUGEINT THEN 0 END
           END AS d
    FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2022-01-01'
      AND district = '320114' AND status = 'active' AND entity_type = 'company'
      AND NOT dishonest_debtor AND NOT bankruptcy_accepted
)
SELECT firm, '股改' AS stage, a::BIGINT AS fen FROM fit WHERE a > 0
UNION ALL
SELECT firm, '辅导', b::BIGINT FROM fit WHERE b > 0
UNION ALL
SELECT firm, '受理', c::BIGINT FROM fit WHERE c > 0
UNION ALL
SELECT firm, '发行', LEAST(d, cap - coalesce(a, 0) - coalesce(b, 0) - coalesce(c, 0))::BIGINT
FROM fit WHERE d > 0
