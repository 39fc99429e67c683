-- conventions 会议展览活动补助: what the clauses were understood to say
-- 一 district 320114; the last fair was filed beforehand.
-- 二 it closed on or before the day, later than the day 6 months back.
-- 三 >= 10,000 sqm, or international with >= 200 exhibitors.
-- 四 exhibitors from outside the city >= 30 % of all (none: unknown).
-- 五 international: 30 % of the rent; other: by area from 10,000 / 20,000 / 50,000 sqm 15 / 30 / 60 wan; down
--    to 1 yuan, less other subsidies, at most 80 wan.
-- 六 no accident at the fair, no serious dishonesty.
SELECT firm, '' AS stage, LEAST(gross, 80 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           CASE
               WHEN expo_international THEN expo_rent::HUGEINT * 30 // (100 * yuan) * yuan
               WHEN NOT expo_international THEN
                   CASE
                       WHEN expo_area_sqm >= 50000 THEN 60 * wan
                       WHEN expo_area_sqm >= 20000 THEN 30 * wan
                       WHEN expo_area_sqm >= 10000 THEN 15 * wan
                       WHEN expo_area_sqm < 10000 THEN 0
                   END
           END - expo_other_fen AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2026-01-01'
      AND district = '320114' AND expo_filed
      AND expo_closed_on <= day AND expo_closed_on > day - INTERVAL 6 MONTH
      AND (expo_area_sqm >= 10000 OR (expo_international AND expo_exhibitors >= 200))
      AND CASE WHEN expo_exhibitors > 0 THEN expo_exhibitors_outside * 100::HUGEINT >= 30 * expo_exhibitors::HUGEINT END
      AND NOT expo_accident AND NOT serious_dishonesty
)
WHERE gross > 0
