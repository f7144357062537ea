# The operator's image: sources run by Node as they are, on a base without shell or package manager.
# docker buildx build --platform linux/amd64,linux/arm64 -t firesteel .
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS files
COPY . /repository
RUN /repository/.ci/image-tree /app

FROM gcr.io/distroless/nodejs24-debian12:nonroot
COPY --from=files /app /app
WORKDIR /app
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "/app/src/main.ts"]
CMD ["operator"]
