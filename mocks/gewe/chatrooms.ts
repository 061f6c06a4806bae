import { createHash } from 'node:crypto';

/** What `group/getChatroomInfo` tells of a room: made up, and the same every time for the same id. */
export function roomInfo(chatroomId: string) {
  const digest = createHash('sha256').update(chatroomId).digest('hex');
  const number = Number.parseInt(digest.slice(0, 8), 16);
  const memberList = Array.from({ length: 3 + (number % 48) }, (_, index) => {
    const hex = createHash('sha256').update(`${chatroomId} ${index}`).digest('hex');
    return {
      wxid: `wxid_${hex.slice(0, 14)}`,
      nickName: `成员${index + 1}`,
      inviterUserName: null,
      memberFlag: 1,
      displayName: null,
      bigHeadImgUrl: null,
      smallHeadImgUrl: null,
    };
  });
  return {
    chatroomId,
    nickName: `群聊${digest.slice(0, 6)}`,
    pyInitial: null,
    quanPin: null,
    sex: 0,
    remark: null,
    remarkPyInitial: null,
    remarkQuanPin: null,
    chatRoomNotify: 1,
    chatRoomOwner: memberList[0]?.wxid,
    smallHeadImgUrl: null,
    memberList,
  };
}
