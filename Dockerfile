# One image for every service; the command chooses which. Built in stages, so that a change of sources installs nothing anew.

FROM node:22-bookworm-slim AS manifests
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages/auth/package.json packages/auth/
COPY packages/config/package.json packages/config/
COPY packages/db/package.json packages/db/
COPY packages/dialects/package.json packages/dialects/
COPY packages/faults/package.json packages/faults/
COPY packages/http/package.json packages/http/
COPY packages/limits/package.json packages/limits/
COPY packages/service/package.json packages/service/
COPY packages/testing/package.json packages/testing/
COPY services/accounts/package.json services/accounts/
COPY services/cli/package.json services/cli/
COPY services/gateway/package.json services/gateway/
COPY services/hotspot/package.json services/hotspot/
COPY services/licensing/package.json services/licensing/
COPY services/standalone/package.json services/standalone/

FROM manifests AS production
RUN npx --yes "$(node -p 'require("./package.json").packageManager')" install --frozen-lockfile --prod \
  # Prisma brings what compiles queries for every database there is; this is for one.
  && find node_modules/.pnpm -name 'query_compiler_*' ! -name '*postgresql*' -delete

FROM manifests AS build
RUN npx --yes "$(node -p 'require("./package.json").packageManager')" install --frozen-lockfile
COPY tsconfig.json tsconfig.base.json prisma.config.ts ./
COPY prisma prisma
COPY packages packages
COPY services services
RUN node packages/db/scripts/generate.mjs && node node_modules/typescript/bin/tsc -b --force
# What runs: compiled code beside its manifests, without sources, tests and type declarations.
RUN rm -rf packages/testing && find packages services -name src -prune -exec rm -rf {} + \
  && find packages services -name node_modules -prune -exec rm -rf {} + \
  && find packages services \( -name '*.d.ts' -o -name '*.tsbuildinfo' -o -name 'tsconfig.json' \) -delete

FROM node:22-bookworm-slim
# A young generation of 8 MB: Node takes 1 MB where memory is limited as docker-compose.yml does it, and clears it all the time; 16 MB
# where it is not, and a service then holds more than 150 MB. The limit of the old one tells how far the heap may grow between two
# collections: with 256 MB, as Node takes it there, they are so frequent that a call costs a tenth more; with 512 MB a service came to
# 154 MB once. Two arenas: malloc would keep
# one for each thread, half empty. `npm run bench` starts what it measures so.
ENV NODE_ENV=production \
  NODE_OPTIONS="--enable-source-maps --max-semi-space-size=8 --max-old-space-size=384" \
  MALLOC_ARENA_MAX=2
WORKDIR /app
# radclient sends what disconnects a guest (RFC 5176).
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends freeradius-utils >/dev/null && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
# Volumes take their owner from here at their first use.
RUN mkdir -p /run/gatehouse /var/lib/gatehouse && chown node:node /run/gatehouse /var/lib/gatehouse
COPY --from=production /app /app
COPY --from=build /app/packages packages
COPY --from=build /app/services services
COPY prisma/migrations prisma/migrations
# The operator's command line: docker-compose exec accounts gatehouse …
RUN ln -s /app/services/cli/bin/gatehouse.mjs /usr/local/bin/gatehouse
USER node
CMD ["node", "services/gateway/dist/main.js"]
