import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../shared/json.ts';
import { Client } from '../support/client.ts';
import { multipart } from '../support/collect.ts';
import { startServer } from '../support/start-server.ts';
import { alternate, median, quantile, type Bench } from './figures.ts';
import { load, rawRequest, type LoadResult } from './load.ts';
import { surveyAnswers, surveyForm } from './survey-form.ts';

const questions = 250;
const requests = 2_000;
const warmUp = 1_500;
const runs = 7;
const connections = 16;

/** The answers as a phone sends them. */
function surveyXml(id: string, answers: JsonObject): string {
  const { place, ...rest } = answers as JsonObject & { place: { lat: number; lon: number } };
  const elements = Object.entries(rest).map(
    ([name, value]) =>
      `<${name}>${typeof value === 'number' ? value : JSON.stringify(value).slice(1, -1)}</${name}>`,
  );
  return (
    "<?xml version='1.0' ?>" +
    '<data xmlns:orx="http://openrosa.org/xforms" id="bench" version="1">' +
    `${elements.join('')}<place>${place.lat} ${place.lon} 0 0</place>` +
    `<orx:meta><orx:instanceID>uuid:${id}</orx:instanceID></orx:meta></data>`
  );
}

function jsonRequests(token: string, count: number): Buffer[] {
  return Array.from({ length: count }, (_, row) =>
    rawRequest(
      'POST',
      '/v1/forms/bench/submissions',
      { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      JSON.stringify({ instanceId: randomUUID(), answers: surveyAnswers(questions, row) }),
    ),
  );
}

function xmlRequests(token: string, count: number): Buffer[] {
  return Array.from({ length: count }, (_, row) => {
    const xml = surveyXml(randomUUID(), surveyAnswers(questions, row));
    const { body, headers } = multipart(xml, [], false);
    return rawRequest('POST', `/v1/key/${token}/submission`, headers, body.toString());
  });
}

export const openRosaBench: Bench = {
  name: 'openrosa',
  async run() {
    const server = await startServer();
    try {
      const coordinator = new Client(server.url, server.coordinatorToken);
      await coordinator.put('/v1/forms/bench/draft', surveyForm(questions));
      await coordinator.post('/v1/forms/bench/publish');
      const token = server.coordinatorToken;
      const options = { connections, accept: new Set([201]) };
      const json = (count: number): Promise<LoadResult> =>
        load(server.url, jsonRequests(token, count), options);
      const xml = (count: number): Promise<LoadResult> =>
        load(server.url, xmlRequests(token, count), options);
      await json(warmUp);
      await xml(warmUp);
      const { first, second } = await alternate(
        runs,
        () => json(requests),
        () => xml(requests),
      );
      const rate = (results: readonly LoadResult[]): number =>
        median(results.map(({ perSecond }) => perSecond));
      const p99 = (results: readonly LoadResult[]): string =>
        median(results.map(({ latencies }) => quantile(latencies, 0.99))).toFixed(1);
      const failures = second.reduce((sum, { failures }) => sum + failures, 0);
      return [
        {
          what: `OpenRosa submissions of ${questions} questions, ${connections} connections, durable`,
          measured: `${rate(second).toFixed(0)}/s, p99 ${p99(second)} ms`,
          baseline: `JSON: ${rate(first).toFixed(0)}/s, p99 ${p99(first)} ms`,
          value: (100 * rate(second)) / rate(first),
          unit: '%',
          target: { atLeast: 70 },
        },
        {
          what: `failures among ${runs * requests} of them`,
          measured: String(failures),
          baseline: '–',
          value: failures,
          unit: '',
          target: { atMost: 0 },
        },
      ];
    } finally {
      await server.kill();
    }
  },
};
