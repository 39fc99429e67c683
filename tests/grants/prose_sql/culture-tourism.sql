-- culture-tourism 文旅演艺与景区提升奖补: what the clauses were understood to say
-- 一 district 320114; company, partnership or social body.
-- 二 shows: >= 50 and audience / seats >= 40 % (no seats: unknown): 2000 yuan a show; otherwise this part is
--    nothing.
-- 三 scenic spot: 4A or better and this level given last calendar year: 4A 50 wan, 5A 100 wan.
-- 四 at least one of the two; added, at most 120 wan.
-- 五 no culture penalty and no safety accident last year.
SELECT firm, '' AS stage, LEAST(gross, 120 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           CASE WHEN shows THEN shows_y1 * 2000 * yuan WHEN NOT shows THEN 0 END
           + CASE WHEN spot THEN CASE WHEN scenic_level >= 5 THEN 100 * wan ELSE 50 * wan END
                  WHEN NOT spot THEN 0 END AS gross
    FROM (
        SELECT *,
               shows_y1 >= 50
               AND CASE WHEN shows_seats_y1 > 0
                        THEN shows_audience_y1 * 100::HUGEINT >= 40 * shows_seats_y1::HUGEINT END AS shows,
               scenic_level >= 4 AND year(scenic_level_on) = year(day) - 1 AS spot
        FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    )
    WHERE day >= DATE '2026-01-01'
      AND district = '320114' AND entity_type IN ('company', 'partnership', 'social-body')
      AND (shows OR spot)
      AND NOT culture_penalty_y1 AND NOT safety_accident_y1
)
WHERE gross > 0
