-- individual-to-enterprise 个体工商户转型升级为企业奖励: what the clauses were understood to say
-- Converted on the day or before it, in both.
-- 2025 (converted in 2025)
-- 一 district 320114; active company or partnership that was a sole trader: 2000 yuan.
-- 二 no tax owed.
-- 2026 (converted from 2026-01-01)
-- 一 as before.
-- 二 no tax owed; at least 1 insured.
-- 三 stage 转企: 3000 yuan.
-- 四 stage 稳定: converted 12 months ago or longer (exactly 12 counts) and >= 3 insured: 1000 yuan each; both
--    stages at most 2 wan, the later one is cut.
WITH fit AS (
    SELECT *
    FROM firms, today, (SELECT 100::HUGEINT AS yuan)
    WHERE district = '320114' AND status = 'active' AND entity_type IN ('company', 'partnership')
      AND converted AND converted_on <= day AND tax_clean
)
SELECT firm, '' AS stage, (2000 * yuan)::BIGINT AS fen
FROM fit WHERE converted_on BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
UNION ALL
SELECT firm, '转企', (3000 * yuan)::BIGINT
FROM fit WHERE converted_on >= DATE '2026-01-01' AND insured_now >= 1
UNION ALL
SELECT firm, '稳定', LEAST(insured_now * 1000 * yuan, (20000 - 3000) * yuan)::BIGINT
FROM fit
WHERE converted_on >= DATE '2026-01-01'
  AND converted_on <= day - INTERVAL 12 MONTH AND insured_now >= 3
