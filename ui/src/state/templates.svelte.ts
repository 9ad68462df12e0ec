/** The user's templates, by name. */
import type { Engine } from '@/ipc/engine';
import type { SaveTemplate, Template } from '@/ipc/generated';

/** All templates. */
export class Templates {
  list = $state.raw<Template[]>([]);

  constructor(private readonly engine: Engine) {}

  /** Asks for all. */
  async load(): Promise<void> {
    this.list = await this.engine.call('templates.list', {});
  }

  /** Saves one; another of the same name is replaced. */
  async save(template: SaveTemplate): Promise<void> {
    this.list = await this.engine.call('templates.save', template);
  }

  /** Removes one. */
  async remove(id: number): Promise<void> {
    this.list = await this.engine.call('templates.remove', { id });
  }
}
