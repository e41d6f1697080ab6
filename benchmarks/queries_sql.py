"""The fifteen metrics as a person would write them in DuckDB's SQL, for the shop of `queries_shop`."""

PAID = "paid AS (SELECT * FROM orders WHERE paid_at IS NOT NULL AND payable_fen IS NOT NULL)"
GOODS = "goods AS (SELECT * FROM paid WHERE coalesce(line_kind, 'product') = 'product' AND product_id IS NOT NULL)"
EACH = """o AS (SELECT order_id, min(paid_at) AS paid_at, sum(payable_fen)::BIGINT AS paid_fen
FROM paid GROUP BY order_id HAVING sum(payable_fen) > 0)"""
BOUGHT = "bought AS (SELECT * FROM paid WHERE payable_fen <> 0 AND buyer_key IS NOT NULL)"
BUYERS = """o AS (SELECT order_id, min(buyer_key) AS buyer_key, min(paid_at) AS paid_at, sum(payable_fen)::BIGINT AS paid_fen
FROM bought GROUP BY order_id HAVING sum(payable_fen) > 0)"""

QUERIES = {
    "month_gmv": f"""WITH {PAID} SELECT strftime(m, '%Y-%m') AS month, paid_fen FROM
(SELECT date_trunc('month', paid_at) AS m, sum(payable_fen)::BIGINT AS paid_fen FROM paid GROUP BY m) ORDER BY month""",
    "order_value": f"""WITH {PAID}, {EACH} SELECT year(q) || 'Q' || quarter(q) AS quarter, orders, paid_fen,
paid_fen / orders AS order_value_fen FROM (SELECT date_trunc('quarter', paid_at) AS q, count(*) AS orders,
sum(paid_fen)::BIGINT AS paid_fen FROM o GROUP BY q) ORDER BY quarter""",
    "refund_rate": f"""WITH {PAID}, {GOODS}, back AS (SELECT line_id, sum(coalesce(goods_refund_fen, 0)
+ coalesce(freight_refund_fen, 0) - coalesce(coupon_refund_fen, 0)) AS fen FROM after_sales
WHERE status = 'success' AND line_id IS NOT NULL GROUP BY line_id)
SELECT product_id, count(*) FILTER (payable_fen > 0) AS lines, sum(payable_fen)::BIGINT AS paid_fen,
sum(least(coalesce(fen, 0), payable_fen))::BIGINT AS refund_fen,
sum(least(coalesce(fen, 0), payable_fen)) / nullif(sum(payable_fen), 0) AS refund_rate
FROM goods LEFT JOIN back USING (line_id) GROUP BY product_id HAVING lines > 0 ORDER BY paid_fen DESC, product_id""",
    "busy_hours": f"""WITH {PAID}, {EACH} SELECT isodow(paid_at) - 1 AS weekday, hour(paid_at) AS hour, count(*) AS orders,
sum(paid_fen)::BIGINT AS paid_fen FROM o GROUP BY ALL ORDER BY weekday, hour""",
    "categories": f"""WITH {PAID}, {GOODS}, sold AS (SELECT date_trunc('month', paid_at) AS m,
coalesce(category, 'unknown') AS category, sum(payable_fen)::BIGINT AS paid_fen FROM goods GROUP BY ALL),
grid AS (SELECT m, category, coalesce(paid_fen, 0) AS paid_fen FROM (SELECT DISTINCT m FROM sold)
CROSS JOIN (SELECT DISTINCT category FROM sold) LEFT JOIN sold USING (m, category)),
months AS (SELECT *, sum(paid_fen) OVER (PARTITION BY m) AS total FROM grid)
SELECT strftime(a.m, '%Y-%m') AS month, a.category, a.paid_fen, a.paid_fen / a.total AS "share",
a.paid_fen - b.paid_fen AS change_fen, (a.paid_fen - b.paid_fen) / b.total AS contribution
FROM months a LEFT JOIN months b ON b.m = a.m - INTERVAL 1 MONTH AND a.category = b.category
WHERE a.paid_fen <> 0 OR a.paid_fen <> b.paid_fen ORDER BY a.m, a.paid_fen DESC, a.category""",
    "cohorts": f"""WITH {PAID}, {BOUGHT}, active AS (SELECT buyer_key, date_trunc('month', paid_at) AS m FROM bought
GROUP BY ALL), born AS (SELECT buyer_key, min(m) AS c FROM active GROUP BY buyer_key),
counted AS (SELECT c, datediff('month', c, m) AS age, count(*) AS buyers FROM active JOIN born USING (buyer_key) GROUP BY ALL)
SELECT strftime(c, '%Y-%m') AS cohort, age, max(buyers) FILTER (age = 0) OVER (PARTITION BY c) AS size, buyers,
buyers / size AS "share" FROM counted ORDER BY cohort, age""",
    "repurchase": f"""WITH {PAID}, {BOUGHT}, {BUYERS}, days AS (SELECT buyer_key, date_trunc('day', paid_at) AS day FROM o),
first AS (SELECT buyer_key, min(day) AS first FROM days GROUP BY buyer_key),
near AS (SELECT buyer_key, first, count(*) AS orders FROM days JOIN first USING (buyer_key)
WHERE day <= first + INTERVAL 90 DAY GROUP BY ALL),
known AS (SELECT max(date_trunc('day', paid_at)) - INTERVAL 90 DAY AS until FROM orders)
SELECT strftime(m, '%Y-%m') AS cohort, first_buyers, watched, repeat_buyers,
repeat_buyers / nullif(watched, 0) AS repeat_share FROM (SELECT date_trunc('month', first) AS m, count(*) AS first_buyers,
count(*) FILTER (first <= until) AS watched, count(*) FILTER (first <= until AND orders > 1) AS repeat_buyers
FROM near, known GROUP BY m) ORDER BY cohort""",
    "rfm": f"""WITH {PAID}, {BOUGHT}, {BUYERS}, b AS (SELECT buyer_key, date_trunc('day', max(paid_at)) AS last,
count(*) AS orders, sum(paid_fen)::BIGINT AS paid_fen FROM o GROUP BY buyer_key),
s AS (SELECT *, (rank() OVER (ORDER BY last) - 1) * 5 // count(*) OVER () + 1 AS recency,
(rank() OVER (ORDER BY orders) - 1) * 5 // count(*) OVER () + 1 AS frequency,
(rank() OVER (ORDER BY paid_fen) - 1) * 5 // count(*) OVER () + 1 AS money FROM b)
SELECT recency, frequency, money, count(*) AS buyers, sum(orders)::BIGINT AS orders, sum(paid_fen)::BIGINT AS paid_fen
FROM s GROUP BY ALL ORDER BY recency DESC, frequency DESC, money DESC""",
    "funnel": """SELECT carrier, sum(exposures)::BIGINT AS exposures, sum(clicks)::BIGINT AS clicks,
sum(orders)::BIGINT AS orders, sum(exposure_users)::BIGINT AS exposure_users, sum(click_users)::BIGINT AS click_users,
sum(buyers)::BIGINT AS buyers, sum(paid_fen)::BIGINT AS paid_fen, sum(clicks) / nullif(sum(exposures), 0) AS click_rate,
sum(orders) / nullif(sum(clicks), 0) AS order_rate, sum(click_users) / nullif(sum(exposure_users), 0) AS click_rate_users,
sum(buyers) / nullif(sum(click_users), 0) AS buyer_rate_users FROM channel_days WHERE ad_window = 'any'
GROUP BY carrier ORDER BY carrier""",
    "product_ranks": f"""WITH {PAID}, {GOODS}, sold AS (SELECT date_trunc('month', paid_at) AS m, product_id,
sum(payable_fen)::BIGINT AS paid_fen FROM goods GROUP BY ALL HAVING sum(payable_fen) > 0),
ranked AS (SELECT *, row_number() OVER (PARTITION BY m ORDER BY paid_fen DESC, product_id) AS "rank" FROM sold)
SELECT strftime(a.m, '%Y-%m') AS month, a."rank", a.product_id, a.paid_fen, b."rank" AS rank_before,
b."rank" - a."rank" AS rise FROM ranked a LEFT JOIN ranked b
ON b.m = a.m - INTERVAL 1 MONTH AND a.product_id = b.product_id WHERE a."rank" <= 20 ORDER BY month, a."rank" """,
    "price_bands": f"""WITH {PAID}, {EACH}, edges AS (SELECT band, from_fen, to_fen FROM (VALUES (0, 0, 3000),
(1, 3000, 5000), (2, 5000, 10000), (3, 10000, 20000), (4, 20000, 50000), (5, 50000, NULL)) t(band, from_fen, to_fen)),
b AS (SELECT CASE WHEN paid_fen < 3000 THEN 0 WHEN paid_fen < 5000 THEN 1 WHEN paid_fen < 10000 THEN 2
WHEN paid_fen < 20000 THEN 3 WHEN paid_fen < 50000 THEN 4 ELSE 5 END AS band, count(*) AS orders,
sum(paid_fen)::BIGINT AS paid_fen FROM o GROUP BY band)
SELECT band, from_fen, to_fen, orders, paid_fen, orders / sum(orders) OVER () AS order_share
FROM b JOIN edges USING (band) ORDER BY band""",
    "order_quantiles": f"""WITH {PAID}, o AS (SELECT order_id, min(province) AS province, sum(payable_fen)::BIGINT AS fen
FROM paid GROUP BY order_id HAVING sum(payable_fen) > 0), sized AS (SELECT province, count(*) AS n FROM o GROUP BY province)
SELECT CASE WHEN n < 5 THEN 'other' ELSE coalesce(o.province, 'unknown') END AS province,
count(*) AS orders, quantile_cont(fen, 0.25) AS q25_fen,
quantile_cont(fen, 0.5) AS median_fen, quantile_cont(fen, 0.75) AS q75_fen, quantile_cont(fen, 0.9) AS q90_fen
FROM o JOIN sized ON o.province IS NOT DISTINCT FROM sized.province GROUP BY 1 ORDER BY orders DESC, province""",
    "new_returning": f"""WITH {PAID}, spent AS (SELECT buyer_key, date_trunc('month', paid_at) AS m,
sum(payable_fen)::BIGINT AS fen FROM paid WHERE payable_fen <> 0 GROUP BY ALL),
born AS (SELECT buyer_key, min(m) AS c FROM spent WHERE buyer_key IS NOT NULL GROUP BY buyer_key)
SELECT strftime(m, '%Y-%m') AS month, count(*) FILTER (c = m) AS new_buyers, count(*) FILTER (c < m) AS returning_buyers,
returning_buyers / nullif(new_buyers + returning_buyers, 0) AS returning_share,
coalesce(sum(fen) FILTER (c = m), 0)::BIGINT AS new_fen, coalesce(sum(fen) FILTER (c < m), 0)::BIGINT AS returning_fen,
coalesce(sum(fen) FILTER (c IS NULL), 0)::BIGINT AS unknown_fen
FROM spent LEFT JOIN born USING (buyer_key) GROUP BY m ORDER BY month""",
    "ship_hours": f"""WITH {PAID}, marked AS (SELECT *, coalesce(line_kind, 'product') = 'product' AND appointed_at IS NULL
AND coalesce(order_type, 'physical') = 'physical' AS sound FROM paid),
o AS (SELECT order_id, date_trunc('month', min(paid_at)) AS m, min(paid_at) AS paid_at,
max(shipped_at) FILTER (sound) AS sent_at, count(*) FILTER (sound AND shipped_at IS NULL) AS unsent FROM marked
GROUP BY order_id HAVING sum(payable_fen) > 0 AND count(*) FILTER (sound) > 0),
h AS (SELECT m, unsent, greatest(datediff('second', paid_at, sent_at) // 60, 0) AS minutes FROM o)
SELECT strftime(m, '%Y-%m') AS month, count(*) FILTER (unsent = 0) AS orders, count(*) FILTER (unsent > 0) AS unsent,
quantile_cont(minutes, 0.5) FILTER (unsent = 0) / 60 AS median_hours,
quantile_cont(minutes, 0.9) FILTER (unsent = 0) / 60 AS q90_hours FROM h GROUP BY m ORDER BY month""",
    "pareto": f"""WITH {PAID}, {GOODS}, sold AS (SELECT product_id, sum(payable_fen)::BIGINT AS paid_fen FROM goods
GROUP BY product_id HAVING sum(payable_fen) > 0)
SELECT row_number() OVER w AS "rank", product_id, paid_fen, paid_fen / sum(paid_fen) OVER () AS "share",
sum(paid_fen) OVER w / sum(paid_fen) OVER () AS share_so_far FROM sold
WINDOW w AS (ORDER BY paid_fen DESC, product_id) QUALIFY "rank" <= 200 ORDER BY "rank" """,
}
