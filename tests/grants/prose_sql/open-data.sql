-- open-data 数据开放创新应用奖补: what the clauses were understood to say
-- 一 district 320114; data classified and filed.
-- 二 stage 上架: >= 1 product listed and >= 1 with open public data: 5 wan for each with open data.
-- 三 stage 交易: income >= 50 wan: 3 %, down to 1 yuan.
-- 四 stage 入表: first time in the balance sheet, >= 100 wan: 10 wan.
-- 五 any of the three; together at most 60 wan, the later ones are cut. An earlier stage that is
--    unknown takes nothing of it yet.
-- 六 no data breach, no network penalty last year.
WITH fit AS (
    SELECT firm, 60 * wan AS cap,
           CASE WHEN data_products >= 1 AND data_products_open >= 1 THEN data_products_open * 5 * wan
                WHEN NOT (data_products >= 1 AND data_products_open >= 1) THEN 0 END AS a,
           CASE WHEN data_trade >= 50 * wan THEN data_trade::HUGEINT * 3 // (100 * yuan) * yuan
                WHEN data_trade < 50 * wan THEN 0 END AS b,
           CASE WHEN data_booked_first AND data_booked >= 100 * wan THEN 10 * wan END AS c
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2026-01-01'
      AND district = '320114' AND data_classified
      AND NOT data_breach_y1 AND NOT network_penalty_y1
),
rooms AS (
    SELECT *,
           GREATEST(cap - coalesce(a, 0), 0) AS room_b,
           GREATEST(cap - coalesce(a, 0) - coalesce(b, 0), 0) AS room_c
    FROM fit
)
SELECT firm, '上架' AS stage, LEAST(a, cap)::BIGINT AS fen FROM rooms WHERE a > 0
UNION ALL
SELECT firm, '交易', LEAST(b, room_b)::BIGINT
FROM rooms WHERE b > 0 AND room_b > 0
UNION ALL
SELECT firm, '入表', LEAST(c, room_c)::BIGINT
FROM rooms WHERE c > 0 AND room_c > 0
