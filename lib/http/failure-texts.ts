import type { FailureClass } from '../device/failures.ts';

/** What a class of failure is called, in both faces. */
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
    detail: 'Check the appId: it does not exist for this token.',
    msg: '设备不存在',
  },
  'device-offline': {
    title: 'The device is offline',
    detail: 'Log the device in to WeChat again.',
    msg: '微信已离线',
  },
  'upstream-timeout': {
    title: 'GeWe did not answer in time',
    detail: 'Neither the list call nor its cache gave a result; all retries are used up.',
    msg: 'GeWe 接口超时，缓存中也没有结果',
  },
  'upstream-error': {
    title: 'GeWe answered with an error',
    detail: 'GeWe could not be reached or answered with an error of its own; all retries are used up.',
    msg: 'GeWe 接口返回错误或无法连接',
  },
  'upstream-malformed': {
    title: 'GeWe answered with something that is no contact list',
    detail: 'The answer was cut off, was no JSON, or lacked an array; all retries are used up.',
    msg: 'GeWe 接口返回的内容无法解析',
  },
  'upstream-empty': {
    title: 'GeWe answered without a list',
    detail: 'A real account is never empty, so nothing was replaced; all retries are used up.',
    msg: 'GeWe 接口没有返回任何联系人',
  },
  'worker-crashed': {
    title: 'The refresh could not be carried out here',
    detail: 'Its worker failed again and again; the operator finds the cause in the log.',
    msg: '后台任务多次异常中断',
  },
  abandoned: {
    title: 'The refresh did not end by its deadline',
    detail: 'Start a new one.',
    msg: '后台任务超时未完成，请重新发起',
  },
};
