import type { FailureClass } from '../device/failures.ts';

/** What a failed refresh says, in both APIs. */
interface FailureTexts {
  readonly title: string;
  readonly detail: string;
  readonly msg: string;
}

export const failureTexts: Readonly<Record<FailureClass, FailureTexts>> = {
  'token-rejected': {
    title: 'GeWe rejected the token',
    detail: 'Check the token at GeWe: it is wrong or has expired.',
    msg: 'X-GEWE-TOKEN 不可用或已过期',
  },
  'device-unknown': {
    title: 'GeWe does not know the device',
    detail: 'Check the appId: GeWe has no such device for this token.',
    msg: '设备不存在，请检查 appId',
  },
  'device-offline': {
    title: 'The device is offline',
    detail: 'Log the device in to WeChat again.',
    msg: '微信已离线',
  },
  'upstream-timeout': {
    title: 'GeWe did not answer in time',
    detail:
      'Neither the list call nor its cache gave a result, and every retry failed. Start a new refresh later.',
    msg: 'GeWe 接口超时，缓存中也没有结果，请稍后重试',
  },
  'upstream-error': {
    title: 'GeWe answered with an error',
    detail:
      'GeWe could not be reached, or answered with an error, and every retry failed. Start a new refresh later.',
    msg: 'GeWe 接口返回错误或无法连接，请稍后重试',
  },
  'upstream-malformed': {
    title: "GeWe's answer is not a contact list",
    detail:
      'The answer was cut off, was not JSON, or lacked an array, and every retry failed. Start a new refresh later.',
    msg: 'GeWe 接口返回的内容无法解析，请稍后重试',
  },
  'upstream-empty': {
    title: 'GeWe answered with no contacts',
    detail:
      'A real account always has contacts, so the stored list was kept; every retry failed. Start a new refresh later.',
    msg: 'GeWe 接口没有返回任何联系人，已保存的列表未改变，请稍后重试',
  },
  'worker-crashed': {
    title: 'The refresh failed inside this service',
    detail: 'Its worker crashed repeatedly. Tell the operator of this service: the cause is in its log.',
    msg: '后台任务多次异常中断，请联系本服务的管理员，原因见服务日志',
  },
  abandoned: {
    title: 'The refresh did not end by its deadline',
    detail: 'Start a new refresh.',
    msg: '后台任务超时未完成，请重新发起',
  },
};
