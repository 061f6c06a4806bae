// Generated from openapi.yaml by tools/contract/generate.ts. Do not edit.

// contract-checks:contract-checks
var checkFetchContactsListRequest = validate11;
var pattern0 = new RegExp("^[A-Za-z0-9_-]{1,128}$", "u");
function validate11(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null, errors = 0;
  if (errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.appId === void 0 && (missing0 = "appId"))
        return validate11.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.appId !== void 0) {
        let data0 = data.appId;
        if (errors === errors)
          if (typeof data0 == "string") {
            if (!pattern0.test(data0))
              return validate11.errors = [{ instancePath: instancePath + "/appId", schemaPath: "#/components/schemas/AppId/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9_-]{1,128}$" }, message: 'must match pattern "^[A-Za-z0-9_-]{1,128}$"' }], !1;
          } else
            return validate11.errors = [{ instancePath: instancePath + "/appId", schemaPath: "#/components/schemas/AppId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
      }
    } else
      return validate11.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate11.errors = vErrors, errors === 0;
}
var checkAppId = validate12;
function validate12(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null, errors = 0;
  if (errors === 0)
    if (typeof data == "string") {
      if (!pattern0.test(data))
        return validate12.errors = [{ instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9_-]{1,128}$" }, message: 'must match pattern "^[A-Za-z0-9_-]{1,128}$"' }], !1;
    } else
      return validate12.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
  return validate12.errors = vErrors, errors === 0;
}
var checkRefreshId = validate13;
var pattern2 = new RegExp("^[0-9a-z]{7}-[0-9a-z]{16}$", "u");
function validate13(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null, errors = 0;
  if (errors === 0)
    if (typeof data == "string") {
      if (!pattern2.test(data))
        return validate13.errors = [{ instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^[0-9a-z]{7}-[0-9a-z]{16}$" }, message: 'must match pattern "^[0-9a-z]{7}-[0-9a-z]{16}$"' }], !1;
    } else
      return validate13.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
  return validate13.errors = vErrors, errors === 0;
}
var checkSince = validate14;
var pattern3 = new RegExp('^(?:[A-Za-z0-9_-]{43}|W/"[A-Za-z0-9_-]{43}")$', "u");
function validate14(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null, errors = 0;
  if (errors === 0)
    if (typeof data == "string") {
      if (!pattern3.test(data))
        return validate14.errors = [{ instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: '^(?:[A-Za-z0-9_-]{43}|W/"[A-Za-z0-9_-]{43}")$' }, message: 'must match pattern "^(?:[A-Za-z0-9_-]{43}|W/"[A-Za-z0-9_-]{43}")$"' }], !1;
    } else
      return validate14.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
  return validate14.errors = vErrors, errors === 0;
}

// <stdin>
function isFetchContactsListRequest(value) {
  return checkFetchContactsListRequest(value);
}
function faultOfFetchContactsListRequest(value) {
  return checkFetchContactsListRequest(value) ? void 0 : faultOf(checkFetchContactsListRequest.errors[0]);
}
function isAppId(value) {
  return checkAppId(value);
}
function faultOfAppId(value) {
  return checkAppId(value) ? void 0 : faultOf(checkAppId.errors[0]);
}
function isRefreshId(value) {
  return checkRefreshId(value);
}
function faultOfRefreshId(value) {
  return checkRefreshId(value) ? void 0 : faultOf(checkRefreshId.errors[0]);
}
function isSince(value) {
  return checkSince(value);
}
function faultOfSince(value) {
  return checkSince(value) ? void 0 : faultOf(checkSince.errors[0]);
}
function faultOf({ instancePath, keyword, message, params }) {
  return { pointer: keyword === "required" ? instancePath + "/" + params.missingProperty : instancePath, rule: keyword, detail: message };
}
export {
  faultOfAppId,
  faultOfFetchContactsListRequest,
  faultOfRefreshId,
  faultOfSince,
  isAppId,
  isFetchContactsListRequest,
  isRefreshId,
  isSince
};
