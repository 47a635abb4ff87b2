import "./draftingTexts";
import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { type Queue, saveQueue } from "@/api/reviews";
import { TextArea, TextField } from "@/components/Field";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import styles from "./Drafting.module.css";
import { canSave, contentOf, type DraftQuestion, draftOf, NEW_DRAFT, newQuestion } from "./drafting";
import { QuestionFields } from "./QuestionFields";
import { Refused } from "./Refused";

interface Props {
  /** The queue to change; without one, a new one is made. */
  queue?: Queue;
  onClose: () => void;
}

/** Makes a queue, or changes one: its questions only until somebody has answered them. */
export function QueueDialog({ queue, onClose }: Props) {
  const { t } = useWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(queue ? draftOf(queue) : NEW_DRAFT);
  const keys = useRef(draft.questions.length);
  const isAnswered = (queue?.progress.labels ?? 0) > 0;
  const save = useMutation({
    mutationFn: () => saveQueue(draft.name, { ...contentOf(draft), expected: queue?.revision ?? 0 }),
    onSuccess: ({ name }) => {
      for (const key of ["review-queue", "review-queues"]) void client.invalidateQueries({ queryKey: [key] });
      onClose();
      if (!queue) void navigate({ to: "/reviews/$queue", params: { queue: name } });
    },
  });
  const ask = (questions: DraftQuestion[]) => setDraft({ ...draft, questions });

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    save.mutate();
  }

  function add() {
    ask([...draft.questions, newQuestion(keys.current)]);
    keys.current += 1;
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={queue ? t("drafting.title.change", { name: queue.name }) : t("drafting.title")}
      size={680}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form className={styles.form} onSubmit={onSubmit}>
        {!queue && (
          <TextField
            label={t("drafting.name")}
            description={t("drafting.name.text")}
            value={draft.name}
            onText={(name) => setDraft({ ...draft, name: name.trim() })}
            placeholder="answers"
            required
            mono
            spellCheck={false}
            data-autofocus
          />
        )}
        <TextArea
          label={t("drafting.guidelines")}
          description={t("drafting.guidelines.text")}
          value={draft.guidelines}
          onText={(guidelines) => setDraft({ ...draft, guidelines })}
          rows={4}
        />
        <div className={styles.two}>
          <TextField
            label={t("drafting.labels")}
            description={t("drafting.labels.text")}
            value={draft.labels}
            onText={(labels) => setDraft({ ...draft, labels })}
            inputMode="numeric"
            pattern="[0-9]*"
            required
          />
          <label className={styles.check}>
            <input
              type="checkbox"
              checked={draft.blind}
              onChange={(event) => setDraft({ ...draft, blind: event.currentTarget.checked })}
            />
            <span>
              {t("drafting.blind")}
              <span className="faint">{t("drafting.blind.text")}</span>
            </span>
          </label>
        </div>
        {isAnswered ? (
          <p className="dim">{t("drafting.answered")}</p>
        ) : (
          <>
            <ol className={styles.questions} aria-label={t("drafting.questions")}>
              {draft.questions.map((question, place) => (
                <QuestionFields
                  key={question.key}
                  question={question}
                  all={draft.questions}
                  number={place + 1}
                  onChange={(part) =>
                    ask(
                      draft.questions.map((each) =>
                        each.key === question.key ? { ...each, ...part } : each,
                      ),
                    )
                  }
                  onRemove={
                    draft.questions.length > 1
                      ? () => ask(draft.questions.filter(({ key }) => key !== question.key))
                      : undefined
                  }
                />
              ))}
            </ol>
            <div>
              <Button variant="default" leftSection={<Icon name="plus" size={14} />} onClick={add}>
                {t("drafting.add")}
              </Button>
            </div>
          </>
        )}
        {save.error !== null && <Refused error={save.error} />}
        <div className={styles.actions}>
          <Button variant="default" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!canSave(draft)}>
            {t(queue ? "drafting.save" : "drafting.make")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
