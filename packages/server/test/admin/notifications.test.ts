import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AdminFixture, items } from "./admin-fixture.ts";

describe("/notifications", () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await AdminFixture.start();
  });
  after(() => fixture.stop());

  test("tells what stands now, and nothing when its cause is gone", async () => {
    const notification = {
      id: "certificate-expires:sip",
      severity: "warning",
      node: "imp1",
      service: null,
      text: "The certificate for sip expires in 9 days",
      link: "/certificates/own/sip",
    } as const;
    fixture.notifications.push(notification);
    assert.deepEqual(items(await fixture.call("GET", "/notifications?find=severity:is:warning")), [notification]);
    assert.deepEqual(items(await fixture.call("GET", "/notifications?find=severity:is:error")), []);
    fixture.notifications.pop();
    assert.deepEqual(items(await fixture.call("GET", "/notifications")), []);
  });
});
