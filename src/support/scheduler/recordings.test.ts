import { strict as assert } from 'node:assert';
import { after, before, describe, it, test } from 'node:test';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { asRecorded, type Recording, readRecordings, refusalOf } from '../../data/recordings-for-tests.ts';
import { openStage, type Stage } from '../eventbridge/targets-for-tests.ts';

/** Tags of groups are recorded too; they are compared by the service's own tests. */
const elsewhere = /^test_(un)?tag_resource$/;

const recordings = readRecordings('scheduler');

if (recordings === undefined) test('recordings of AWS', { skip: 'the recordings are not installed' });
else replay(recordings);

type Recorded = Readonly<Record<string, { readonly Error?: { readonly Code: string; readonly Message: string } }>>;

function replay(cases: ReadonlyMap<string, Recording>): void {
  describe('what AWS answered', () => {
    let stage: Stage;
    let scheduler: Scheduler;
    before(async () => {
      stage = await openStage({ auth: 'open' });
      scheduler = new Scheduler(stage.ringwall.as({ accessKeyId: '111122223333', secretAccessKey: 'any' }));
    });
    after(() => stage.ringwall.stop());

    for (const [number, [name, recording]] of [...cases].filter(([each]) => !elsewhere.test(each)).entries()) {
      it(name, async () => {
        const ScheduleExpression = /\[(.*)\]$/.exec(name)?.[1] ?? 'rate(1 minute)';
        const Name = `case-${number}`;
        const call = scheduler.createSchedule({
          Name,
          ScheduleExpression,
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: {
            Arn: 'arn:aws:lambda:us-east-1:111122223333:function:f',
            RoleArn: 'arn:aws:iam::111122223333:role/r',
          },
        });
        const [recorded] = Object.values(recording as Recorded);
        if (recorded?.Error === undefined) {
          const answer = asRecorded(await call);
          assert.deepEqual(Object.keys(answer).sort(), Object.keys(recorded ?? {}).sort());
        } else {
          const { Error: refusal } = (await refusalOf(call)) as Recorded[string];
          assert.deepEqual(refusal, { Code: recorded.Error.Code, Message: recorded.Error.Message });
        }
      });
    }
  });
}
