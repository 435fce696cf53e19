# syntax=docker/dockerfile:1
# Lineitem with the drivers for PostgreSQL and S3, the clients of foundation models, and OCR. `docker build -t lineitem .`
# The build stage has compilers and caches; what runs has neither, and no shell is needed by it.

ARG PYTHON_IMAGE=python:3.11.14-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /src
RUN python -m venv /opt/lineitem
# The dependencies first: this layer is kept until they change.
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE ./
RUN mkdir schemas extractors warehouse dashboard flows \
    && touch schemas/__init__.py extractors/__init__.py warehouse/__init__.py dashboard/__init__.py flows/__init__.py \
    && /opt/lineitem/bin/pip install --constraint constraints.txt ".[postgres,s3,fallback,ocr,dask]" \
    && /opt/lineitem/bin/pip uninstall --yes lineitem
COPY schemas schemas
COPY extractors extractors
COPY warehouse warehouse
COPY dashboard dashboard
COPY flows flows
COPY examples examples
RUN /opt/lineitem/bin/pip install --no-deps --constraint constraints.txt . \
    && /opt/lineitem/bin/python -m compileall -q /opt/lineitem/lib

FROM ${PYTHON_IMAGE} AS run
# OpenCV, which the OCR uses, wants these two. Not pinned: Debian's security updates are wanted, and the base image pins the release.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgl1 libglib2.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 lineitem \
    && useradd --system --uid 10001 --gid lineitem --home-dir /var/lib/lineitem --create-home lineitem
COPY --from=build /opt/lineitem /opt/lineitem
ENV PATH=/opt/lineitem/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DO_NOT_TRACK=1 \
    PREFECT_SERVER_ANALYTICS_ENABLED=false \
    LINEITEM_ORCHESTRATOR=none
USER 10001:10001
WORKDIR /var/lib/lineitem
VOLUME ["/var/lib/lineitem"]
# A batch has its exit code; the dashboard's service overrides this with a request to itself.
HEALTHCHECK --interval=5m --timeout=60s --start-period=30s CMD ["lineitem", "model", "info"]
ENTRYPOINT ["lineitem"]
CMD ["--help"]
