# syntax=docker/dockerfile:1

# One file, three images: `api` (which serves the portal and the admin app), `worker`, and `migrate`,
# which brings the database up to date and ends. Server code runs from its TypeScript source, so only the
# web apps are built.

FROM node:24-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps/admin/package.json apps/admin/
COPY apps/api/package.json apps/api/
COPY apps/cli/package.json apps/cli/
COPY apps/desktop/package.json apps/desktop/
COPY apps/portal/package.json apps/portal/
COPY apps/worker/package.json apps/worker/
COPY bench/package.json bench/
COPY faults/package.json faults/
COPY packages/adapters/package.json packages/adapters/
COPY packages/client/package.json packages/client/
COPY packages/contracts/package.json packages/contracts/
COPY packages/core/package.json packages/core/
COPY packages/db/package.json packages/db/
COPY packages/fleet/package.json packages/fleet/
COPY packages/license-crypto/package.json packages/license-crypto/
COPY packages/redis/package.json packages/redis/
COPY packages/testing/package.json packages/testing/
COPY packages/ui/package.json packages/ui/
COPY tooling/package.json tooling/

FROM manifests AS web
RUN npm ci
COPY . .
RUN npm run build --workspace apps/portal --workspace apps/admin

FROM manifests AS server
ENV NODE_ENV=production
RUN npm ci --omit=dev --workspace apps/api --workspace apps/worker
COPY apps/api apps/api
COPY apps/worker apps/worker
COPY packages packages
USER node

FROM server AS migrate
CMD ["node", "apps/api/src/commands/migrate.ts"]

FROM server AS worker
CMD ["node", "apps/worker/src/main.ts"]

FROM server AS api
COPY --from=web /app/apps/portal/dist apps/portal/dist
COPY --from=web /app/apps/admin/dist apps/admin/dist
ENV PORT=4700
EXPOSE 4700
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD \
  ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/api/src/main.ts"]
