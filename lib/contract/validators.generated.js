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
var checkSubscriptionRequest = validate15;
function validate15(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null, errors = 0;
  if (errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let _errs1 = errors;
      for (let key0 in data)
        if (!(key0 === "refreshEverySeconds" || key0 === "refreshOnCallbacks")) {
          return validate15.errors = [{ instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" }], !1;
          break;
        }
      if (_errs1 === errors) {
        if (data.refreshEverySeconds !== void 0) {
          let data0 = data.refreshEverySeconds, _errs2 = errors;
          if (!(typeof data0 == "number" && !(data0 % 1) && !isNaN(data0) && isFinite(data0)))
            return validate15.errors = [{ instancePath: instancePath + "/refreshEverySeconds", schemaPath: "#/properties/refreshEverySeconds/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
          if (errors === _errs2 && typeof data0 == "number" && isFinite(data0)) {
            if (data0 > 2592e3 || isNaN(data0))
              return validate15.errors = [{ instancePath: instancePath + "/refreshEverySeconds", schemaPath: "#/properties/refreshEverySeconds/maximum", keyword: "maximum", params: { comparison: "<=", limit: 2592e3 }, message: "must be <= 2592000" }], !1;
            if (data0 < 60 || isNaN(data0))
              return validate15.errors = [{ instancePath: instancePath + "/refreshEverySeconds", schemaPath: "#/properties/refreshEverySeconds/minimum", keyword: "minimum", params: { comparison: ">=", limit: 60 }, message: "must be >= 60" }], !1;
          }
          var valid0 = _errs2 === errors;
        } else
          var valid0 = !0;
        if (valid0)
          if (data.refreshOnCallbacks !== void 0) {
            let _errs4 = errors;
            if (typeof data.refreshOnCallbacks != "boolean")
              return validate15.errors = [{ instancePath: instancePath + "/refreshOnCallbacks", schemaPath: "#/properties/refreshOnCallbacks/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }], !1;
            var valid0 = _errs4 === errors;
          } else
            var valid0 = !0;
      }
    } else
      return validate15.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate15.errors = vErrors, errors === 0;
}
var checkCallbackRequest = validate16;
var pattern4 = new RegExp("^\\S{1,2048}$", "u");
function validate16(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null, errors = 0;
  if (errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let _errs1 = errors;
      for (let key0 in data)
        if (!(key0 === "register" || key0 === "forwardTo")) {
          return validate16.errors = [{ instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" }], !1;
          break;
        }
      if (_errs1 === errors) {
        if (data.register !== void 0) {
          let _errs2 = errors;
          if (typeof data.register != "boolean")
            return validate16.errors = [{ instancePath: instancePath + "/register", schemaPath: "#/properties/register/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }], !1;
          var valid0 = _errs2 === errors;
        } else
          var valid0 = !0;
        if (valid0)
          if (data.forwardTo !== void 0) {
            let data1 = data.forwardTo, _errs4 = errors, _errs5 = errors, valid1 = !1, _errs6 = errors;
            if (errors === errors)
              if (typeof data1 == "string") {
                if (!pattern4.test(data1)) {
                  let err0 = { instancePath: instancePath + "/forwardTo", schemaPath: "#/components/schemas/ForwardTarget/pattern", keyword: "pattern", params: { pattern: "^\\S{1,2048}$" }, message: 'must match pattern "^\\S{1,2048}$"' };
                  vErrors === null ? vErrors = [err0] : vErrors.push(err0), errors++;
                }
              } else {
                let err1 = { instancePath: instancePath + "/forwardTo", schemaPath: "#/components/schemas/ForwardTarget/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                vErrors === null ? vErrors = [err1] : vErrors.push(err1), errors++;
              }
            var _valid0 = _errs6 === errors;
            if (valid1 = valid1 || _valid0, !valid1) {
              let _errs9 = errors;
              if (data1 !== null) {
                let err2 = { instancePath: instancePath + "/forwardTo", schemaPath: "#/properties/forwardTo/anyOf/1/type", keyword: "type", params: { type: "null" }, message: "must be null" };
                vErrors === null ? vErrors = [err2] : vErrors.push(err2), errors++;
              }
              var _valid0 = _errs9 === errors;
              valid1 = valid1 || _valid0;
            }
            if (valid1)
              errors = _errs5, vErrors !== null && (_errs5 ? vErrors.length = _errs5 : vErrors = null);
            else {
              let err3 = { instancePath: instancePath + "/forwardTo", schemaPath: "#/properties/forwardTo/anyOf", keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
              return vErrors === null ? vErrors = [err3] : vErrors.push(err3), errors++, validate16.errors = vErrors, !1;
            }
            var valid0 = _errs4 === errors;
          } else
            var valid0 = !0;
      }
    } else
      return validate16.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate16.errors = vErrors, errors === 0;
}
var checkContactsRefreshRequestedDetail = validate17;
var pattern5 = new RegExp("^[A-Za-z0-9_-]{43}[.][0-9a-z]{8}$", "u");
function validate17(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null, errors = 0;
  if (errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.subscriptionId === void 0 && (missing0 = "subscriptionId"))
        return validate17.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.subscriptionId !== void 0) {
        let data0 = data.subscriptionId;
        if (errors === errors)
          if (typeof data0 == "string") {
            if (!pattern5.test(data0))
              return validate17.errors = [{ instancePath: instancePath + "/subscriptionId", schemaPath: "#/components/schemas/SubscriptionId/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9_-]{43}[.][0-9a-z]{8}$" }, message: 'must match pattern "^[A-Za-z0-9_-]{43}[.][0-9a-z]{8}$"' }], !1;
          } else
            return validate17.errors = [{ instancePath: instancePath + "/subscriptionId", schemaPath: "#/components/schemas/SubscriptionId/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
      }
    } else
      return validate17.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate17.errors = vErrors, errors === 0;
}
var checkLimit = validate18;
function validate18(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null, errors = 0;
  if (!(typeof data == "number" && !(data % 1) && !isNaN(data) && isFinite(data)))
    return validate18.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
  if (errors === 0 && typeof data == "number" && isFinite(data)) {
    if (data > 500 || isNaN(data))
      return validate18.errors = [{ instancePath, schemaPath: "#/maximum", keyword: "maximum", params: { comparison: "<=", limit: 500 }, message: "must be <= 500" }], !1;
    if (data < 1 || isNaN(data))
      return validate18.errors = [{ instancePath, schemaPath: "#/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" }], !1;
  }
  return validate18.errors = vErrors, errors === 0;
}
var checkCursor = validate19;
var pattern6 = new RegExp("^[A-Za-z0-9_-]{1,200}$", "u");
function validate19(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null, errors = 0;
  if (errors === 0)
    if (typeof data == "string") {
      if (!pattern6.test(data))
        return validate19.errors = [{ instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9_-]{1,200}$" }, message: 'must match pattern "^[A-Za-z0-9_-]{1,200}$"' }], !1;
    } else
      return validate19.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
  return validate19.errors = vErrors, errors === 0;
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
function isSubscriptionRequest(value) {
  return checkSubscriptionRequest(value);
}
function faultOfSubscriptionRequest(value) {
  return checkSubscriptionRequest(value) ? void 0 : faultOf(checkSubscriptionRequest.errors[0]);
}
function isCallbackRequest(value) {
  return checkCallbackRequest(value);
}
function faultOfCallbackRequest(value) {
  return checkCallbackRequest(value) ? void 0 : faultOf(checkCallbackRequest.errors[0]);
}
function isContactsRefreshRequestedDetail(value) {
  return checkContactsRefreshRequestedDetail(value);
}
function faultOfContactsRefreshRequestedDetail(value) {
  return checkContactsRefreshRequestedDetail(value) ? void 0 : faultOf(checkContactsRefreshRequestedDetail.errors[0]);
}
function isLimit(value) {
  return checkLimit(value);
}
function faultOfLimit(value) {
  return checkLimit(value) ? void 0 : faultOf(checkLimit.errors[0]);
}
function isCursor(value) {
  return checkCursor(value);
}
function faultOfCursor(value) {
  return checkCursor(value) ? void 0 : faultOf(checkCursor.errors[0]);
}
function faultOf({ instancePath, keyword, message, params }) {
  return { pointer: keyword === "required" ? instancePath + "/" + params.missingProperty : instancePath, rule: keyword, detail: message };
}
export {
  faultOfAppId,
  faultOfCallbackRequest,
  faultOfContactsRefreshRequestedDetail,
  faultOfCursor,
  faultOfFetchContactsListRequest,
  faultOfLimit,
  faultOfRefreshId,
  faultOfSince,
  faultOfSubscriptionRequest,
  isAppId,
  isCallbackRequest,
  isContactsRefreshRequestedDetail,
  isCursor,
  isFetchContactsListRequest,
  isLimit,
  isRefreshId,
  isSince,
  isSubscriptionRequest
};
