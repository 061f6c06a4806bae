/** When the list prices below were looked up. */
export const pricesOf = '2026-11';

/** List prices of us-east-1 in US dollars, for functions on arm64. No free tier and no volume discount is counted. */
export const prices = {
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2e-6,
  /** DynamoDB, on demand. */
  writeUnit: 0.625e-6,
  readUnit: 0.125e-6,
  tableGbMonth: 0.25,
  pointInTimeGbMonth: 0.2,
  /** Of up to 64 KB. */
  sqsRequest: 0.4e-6,
  /** HTTP API. */
  apiRequest: 1e-6,
  /** EventBridge, of up to 64 KB; what AWS's own schedule sends is free. */
  customEvent: 1e-6,
  logGb: 0.5,
  logGbMonth: 0.03,
  metricMonth: 0.3,
  alarmMonth: 0.1,
  /** Of more than `freeDashboardMetrics` metrics; three smaller ones are free. */
  dashboardMonth: 3,
  secretMonth: 0.4,
  secretRead: 5e-6,
  s3Put: 5e-6,
  s3Get: 0.4e-6,
  s3GbMonth: 0.023,
  /** Out of AWS, to GeWe, bots and callers. */
  transferGb: 0.09,
} as const;

export const freeDashboardMetrics = 50;

/** AWS counts a month as 730 hours. */
export const monthS = 730 * 3600;
